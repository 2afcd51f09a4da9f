"""The data of an experiment: which source of samples it names, and what is to be said of them."""

from __future__ import annotations

from workbench.engine import datasets
from workbench.engine.params import RequestError, Value, complete
from workbench.engine.streams import Purpose, stream
from workbench.experiment.experiment import OF_A_FILE, DataSetup, NetworkSetup, replace


def fill_data(data: DataSetup) -> tuple[DataSetup, datasets.Dataset]:
    """The data set with its settings complete, and the source of samples that it names."""
    if not data.name and not data.file:
        raise RequestError("problem.data.name", "is missing, and no `file` stands in its place")
    if data.name and data.file:
        raise RequestError("problem.data.file", "must be left out where `name` names a data set")
    if not data.file:
        _refuse_keys_of_a_file(data)
    if data.points and data.name != "points":
        raise RequestError("problem.data.points", 'goes with the data set "points" alone')
    if data.class_names and data.name != "points":
        raise RequestError("problem.data.class_names", 'goes with the data set "points" alone')
    parameters: dict[str, Value] = {}
    try:
        if data.file:
            complete((), data.parameters, owner="a `file`")
            return data, table_of(data)
        entry = datasets.datasets.get(data.name, "name")
        beside = tuple(name for name in data.__struct_fields__ if name != "parameters")
        owner = f'the data set "{data.name}"'
        parameters = complete(entry.params, data.parameters, owner=owner, beside=beside)
        source = (
            datasets.Points(parameters, data.points, data.class_names) if data.name == "points" else entry(parameters)
        )
    except RequestError as error:
        raise error.under("problem.data") from None
    points = source.points if isinstance(source, datasets.Points) else ()
    filled: DataSetup = replace(data, parameters=parameters, points=points)
    return filled, source


def _refuse_keys_of_a_file(data: DataSetup) -> None:
    usual = DataSetup()
    for name in ("target", "columns", "target_kind", *OF_A_FILE):
        if getattr(data, name) != getattr(usual, name):
            raise RequestError(f"problem.data.{name}", "goes with a `file` alone")


def csv_format(data: DataSetup) -> datasets.CsvFormat:
    """What is said of how the data's file is written."""
    return datasets.CsvFormat(data.header, data.separator, data.decimal, data.thousands, data.missing_words)


def table_of(data: DataSetup, *, only_known: bool = False) -> datasets.CsvFile:
    """The data's own file, read; with `only_known` it is taken from memory or refused, so that nobody waits.

    Raises:
        RequestError: it cannot be used.
    """
    return datasets.CsvFile(
        data.file,
        data.target,
        data.columns,
        data.target_kind,
        told=csv_format(data),
        missing=data.missing,
        only_known=only_known,
    )


def notes_on_batches(problem: NetworkSetup, source: datasets.Dataset) -> tuple[str, ...]:
    """That a batch holds one sample alone, where batch normalisation leaves nothing of it."""
    if not any(layer.batch_norm for layer in problem.layers):
        return ()
    samples = len(source.make(stream(0, Purpose.DATA)).x)
    return tuple(_lonely_sample(samples, problem.data, problem.batch_size))


def _lonely_sample(samples: int, data: DataSetup, batch_size: int) -> list[str]:
    count = samples - round(samples * data.test_fraction)
    size = min(batch_size, count) or count
    if size != 1 and count % size != 1:
        return []
    which = "each batch" if size == 1 else "the last batch of an epoch"
    return [
        (
            f"{which} holds a single sample ({count:,} training samples in batches of {size:,}): batch normalisation "
            "takes it for its own mean, so that nothing of it is left; another `batch_size` helps"
        )
    ]
