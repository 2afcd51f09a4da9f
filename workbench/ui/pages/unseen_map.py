"""The maps of a view that nobody sees, computed for its picture."""

from __future__ import annotations

import time
from collections.abc import Callable

from workbench.engine.params import RequestError
from workbench.experiment.experiment import Experiment
from workbench.studies import theory
from workbench.studies.map_cells import axes_of
from workbench.studies.map_requests import alone, requests_of, text_of
from workbench.studies.map_worker import MapWorker
from workbench.ui.views.map.view import MapView

#: seconds that maps take at most; what is not measured by then stays coarse, and the picture says how much there is
_LONGEST = 300.0


def fill(view: MapView, experiment: Experiment, stopped: Callable[[], bool]) -> str:
    """Give a view that has seen the race the maps that it wants, whole, or as whole as they get.

    Gives the sentence on why there are none, which the view says as well; empty where there are.
    """
    wanted = view.wanted()
    if wanted is None:
        return ""
    axes = {lane: axes_of(experiment, lane) for lane in wanted.lanes}
    view.show_axes(axes, wanted.lanes)
    fault = ""
    try:
        requests = requests_of(experiment, wanted, axes)
        texts = [text_of(experiment, lane, request) for lane, request in requests]  # not of what was given in Python
    except RequestError as error:
        view.show_pictures((), (), str(error), busy=False)
        return str(error)
    worker, until = MapWorker(lambda: None), time.monotonic() + _LONGEST
    try:
        for place, ((_, request), text) in enumerate(zip(requests, texts, strict=True)):
            worker.ask(place, text, request)
        places = range(len(requests))
        while any(map(worker.busy, places)) and not stopped() and time.monotonic() < until:
            time.sleep(0.02)
        pictures = [worker.pictures.get(place) for place in places]
        fault = next((worker.faults[place] for place in places if place in worker.faults), "")
    finally:
        worker.close()
    theories = [theory.theory(alone(experiment, lane), request) for lane, request in requests]
    view.show_pictures(pictures, theories, fault, busy=False)
    return fault
