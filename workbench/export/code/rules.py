"""A rule that a person typed, as a function of a script: written from its graph, never from its text."""

from __future__ import annotations

import keyword
from collections.abc import Mapping
from typing import Any

from workbench.engine.rules.grammar import compiled
from workbench.engine.rules.names import GRADIENT, POINT, RATE, STEP
from workbench.engine.rules.operations import COMPARISONS
from workbench.engine.rules.rule import Kind, Rule, state_leaf
from workbench.experiment.experiment import Lane
from workbench.export.code.parts import comment, indented

_SIGNS = {"add": (" + ", 1), "sub": (" - ", 1), "mul": (" * ", 2), "div": (" / ", 2)}
_SIGNED, _POWER, _ATOM = 3, 4, 5
_COMPARED = {"less": "<", "less_equal": "<=", "equal": "==", "not_equal": "!=", "and": "&", "or": "|"}
#: PyTorch's names of the graph's operations where they are others
_NAMES = {"mod": "remainder", "norm": "linalg.norm", "total": "sum"}
#: what PyTorch has no function for
_WRITTEN = {
    "cbrt": "(torch.sign({0}) * torch.abs({0}) ** (1 / 3))",
    "softplus": "torch.logaddexp({0}, number(0.0))",
}
#: what a name of a rule cannot be in a script, since the function or Python has it
_TAKEN: tuple[str, ...] = ("torch", "state", "rule", "number")
_KEPT = "state"


def rule_lines(lane: Lane) -> list[str]:
    """The function `rule` of a script, and the class that calls it for all that is learned."""
    text = str(lane.hyperparameters["text"])
    return RuleFunction(rule := compiled(text), lane.hyperparameters, decay=decay_within(lane, rule)).lines()


def decay_within(lane: Lane, rule: Rule | None) -> float:
    """The decay of a lane that its function `rule` has to do itself, 0 where the loop does it before.

    What a rule remembers may begin with the point, as it is before it first decays.
    """
    return float(lane.gradient.get("weight_decay", 0.0)) if rule is not None and rule.begins else 0.0


def typed_decay_within(lane: Lane) -> float:
    """That of a rule which a person typed, 0 for any other."""
    return decay_within(lane, compiled(str(lane.hyperparameters["text"])) if lane.optimizer == "rule" else None)


class RuleFunction:
    """Writes a rule as a function over one vector of all that is learned, in PyTorch's functions.

    `given` are the values of the rule's free names, and the learning rate; `decay` is by how much the function lets
    the point decay, once it has what the rule begins with.
    """

    taken = _TAKEN

    def __init__(self, rule: Rule, given: Mapping[str, Any], *, decay: float = 0.0) -> None:
        self._rule, self._given, self._decay = rule, given, decay
        self._names: dict[str, str] = {}
        self._bound: dict[int, str] = {}
        self._before: dict[str, str] = {}
        self._body: list[str] = []

    def lines(self) -> list[str]:
        return [
            "def number(value):",
            '    """A setting as a tensor without axes, in double precision: it divides as those do."""',
            "    return torch.tensor(float(value), dtype=torch.float64)",
            "",
            "",
            f"def rule({POINT}, {GRADIENT}, {STEP}, {RATE}, {_KEPT}):",
            '    """The rule of the lane: a step from point x along the gradient g gives the next point.',
            "",
            "    Everything that is learned is one vector; `state` is what the rule keeps from step to step.",
            '    """',
            *self.body(),
        ]

    def body(self) -> list[str]:
        """The statements of the function."""
        rule = self._rule
        for name in (POINT, GRADIENT, STEP, RATE):
            self._bind(name, name)
        settings = [f"{self._name(name)} = {self.number(repr(self._given[name]))}" for name in rule.hyperparameters]
        for name in rule.hyperparameters:
            self._bind(name, name)
        begin = [f'    {_KEPT}["{name}"] = {self._start(name)}' for name in rule.states]
        for name in rule.states:
            self._bind(name, state_leaf(name))
        for line in rule.lines:
            self._assign(line.name, line.node, line.text)
        read = [f'{self._name(name)} = {_KEPT}["{name}"]' for name in rule.states]
        kept = [f'{_KEPT}["{name}"] = {self._name(name)}' for name in rule.states]
        return [
            *indented(settings),
            *([f"    if not {_KEPT}:", *indented(begin)] if begin else []),
            *([f"    {POINT} = {POINT} * (1.0 - {RATE} * {self._decay!r})"] if self._decay else []),
            *indented(read),
            *indented(f"{held} = {name}" for name, held in self._before.items()),
            *indented(self._body),
            *indented(kept),
            f"    return {self._name(POINT)}",
        ]

    def number(self, text: str) -> str:
        """A number as the function computes with it."""
        return f"number({text})"

    def zero(self, *, full: bool) -> str:
        """What a state is from the beginning: as much as the point where it is `full`, else a number."""
        return f"torch.zeros_like({POINT})" if full else self.number("0.0")

    def begun(self, zero: str, written: str, *, full: bool) -> str:
        """What a state begins with, where an `init` line says so: in its own precision, and as much as it is."""
        return f"{zero} + ({written})"

    def is_called(self, node: int) -> bool:
        """Whether a power is written as a call."""
        return False

    def _name(self, name: str, wish: str = "") -> str:
        """A name that Python takes: its own, or that which it is to have, if it is free."""
        if name not in self._names:
            mine = wish or name
            mine = mine if mine.isidentifier() and mine.isascii() else f"name{len(self._names) + 1}"
            while mine in self.taken or keyword.iskeyword(mine) or mine in self._names.values():
                mine += "_"
            self._names[name] = mine
        return self._names[name]

    def _bind(self, name: str, leaf: str) -> None:
        graph = self._rule.graph
        for node in range(len(graph)):
            if graph.operations[node] == "parameter" and graph.contents[node] == leaf:
                self._bound[node] = self._name(name)

    def _assign(self, name: str, node: int, typed: str) -> None:
        """A line: what is bound to its name is another value from here on."""
        written = self._written(node)
        mine = self._name(name)
        self._bound = {other: held for other, held in self._bound.items() if held != mine}
        self._bound.setdefault(node, mine)
        if self._rule.graph.operations[node] == "constant":
            self._bound.pop(node, None)
            written = self.number(written)
        self._body += [*comment(typed), f"{mine} = {written}"]

    def _start(self, name: str) -> str:
        """What a state is before the first step; there the learning rate is the one without its schedule."""
        full = self._rule.states[name] == Kind.FULL
        zero = self.zero(full=full)
        if name not in self._rule.begins:
            return zero
        kept = dict(self._bound)
        rate = self.number(repr(self._given[RATE]))
        self._bound = {node: rate if held == RATE else held for node, held in kept.items()}
        written = self._written(self._rule.begins[name])
        self._bound = kept
        return self.begun(zero, written, full=full)

    def _written(self, node: int) -> str:
        """The value of a node, in names that stand for other nodes."""
        texts: dict[int, tuple[str, int]] = {}
        for each in self._needed(node):
            texts[each] = self._part(each, texts)
        return texts[node][0]

    def _needed(self, root: int) -> list[int]:
        """The nodes to be written for one, arguments first; what has a name needs nothing."""
        seen: set[int] = set()
        waiting = [root]
        while waiting:
            node = waiting.pop()
            if node not in seen:
                seen.add(node)
                waiting.extend(() if node in self._bound else self._rule.graph.arguments[node])
        return sorted(seen)

    def _part(self, node: int, texts: Mapping[int, tuple[str, int]]) -> tuple[str, int]:
        graph = self._rule.graph
        operation, arguments = graph.operations[node], graph.arguments[node]
        if node in self._bound or not arguments:
            return self._leaf(node)
        if operation in _SIGNS:
            sign, binds = _SIGNS[operation]
            return f"{_at(texts[arguments[0]], binds)}{sign}{_at(texts[arguments[1]], binds + 1)}", binds
        if operation == "neg":
            return f"-{_at(texts[arguments[0]], _POWER)}", _SIGNED
        if operation in {"square", "pow"} and not self.is_called(node):
            exponent = "2" if operation == "square" else _at(texts[arguments[1]], _ATOM)
            return f"{_at(texts[arguments[0]], _ATOM)} ** {exponent}", _POWER
        return self.called(operation, arguments, texts), _ATOM

    def _leaf(self, node: int) -> tuple[str, int]:
        """A name, a number, or what a name was at the beginning of the step, where it has another value by now."""
        content = self._rule.graph.contents[node]
        if node in self._bound:
            return self._bound[node], _ATOM
        if self._rule.graph.operations[node] == "constant":
            return _constant(float(content))
        name = self._name(content.removeprefix("state:"))
        if name not in self._before:
            # filed as no text can have it: a person may have called something else m_before
            self._before[name] = self._name(f"{name} before", f"{name}_before")
        return self._before[name], _ATOM

    def called(self, operation: str, arguments: tuple[int, ...], texts: Mapping[int, tuple[str, int]]) -> str:
        """A function of an operation's arguments, whose texts are there."""
        if operation in COMPARISONS:
            return f"{self.compared(operation, arguments, texts)}.double()"
        if operation == "where":
            rest = ", ".join(self.tensor(argument, texts) for argument in arguments[1:])
            return f"torch.where({self.condition(arguments[0], texts)}, {rest})"
        if operation in {"min", "max"}:
            return self._extreme(operation, arguments, texts)
        if operation in _WRITTEN:
            return _WRITTEN[operation].format(texts[arguments[0]][0])
        inside = ", ".join(self.tensor(argument, texts) for argument in arguments)
        return f"torch.{_NAMES.get(operation, operation)}({inside})"

    def condition(self, node: int, texts: Mapping[int, tuple[str, int]]) -> str:
        """What decides: a comparison as PyTorch's own, or whether a number is other than 0."""
        operation = self._rule.graph.operations[node]
        if operation in COMPARISONS and node not in self._bound:
            return self.compared(operation, self._rule.graph.arguments[node], texts)
        return f"({self.tensor(node, texts)} != 0.0)"

    def _extreme(self, operation: str, arguments: tuple[int, ...], texts: Mapping[int, tuple[str, int]]) -> str:
        """`clamp` beside a number, which keeps the precision; else PyTorch's own."""
        for argument, other in (arguments, arguments[::-1]):
            if self._rule.graph.value_of(other) is not None:
                bound = "max" if operation == "min" else "min"
                return f"torch.clamp({texts[argument][0]}, {bound}={texts[other][0]})"
        return f"torch.{operation}imum({', '.join(texts[argument][0] for argument in arguments)})"

    def compared(self, operation: str, arguments: tuple[int, ...], texts: Mapping[int, tuple[str, int]]) -> str:
        """A comparison in brackets, or two of them joined."""
        if operation in {"and", "or"}:
            sides = [self.condition(argument, texts) for argument in arguments]
        else:
            sides = [_at(texts[argument], 1) for argument in arguments]
        return f"({sides[0]} {_COMPARED[operation]} {sides[1]})"

    def tensor(self, node: int, texts: Mapping[int, tuple[str, int]]) -> str:
        """An argument of a function: PyTorch's take no plain numbers."""
        text = texts[node][0]
        return f"number({text})" if self._rule.graph.value_of(node) is not None else text


def _at(part: tuple[str, int], at_least: int) -> str:
    text, binds = part
    return text if binds >= at_least else f"({text})"


def _constant(value: float) -> tuple[str, int]:
    text = repr(int(value)) if value.is_integer() and abs(value) < 1e9 else repr(value)
    return text, _SIGNED if text.startswith("-") else _ATOM


TORCH_CLASS: list[str] = [
    "class TypedRule(torch.optim.Optimizer):",
    '    """Calls `rule` with all that is learned as one vector, its parameters one behind the other."""',
    "",
    "    def __init__(self, parameters, lr):",
    '        super().__init__(parameters, {"lr": lr})',
    "        self.t, self.kept = 0, {}",
    "",
    "    @torch.no_grad()",
    "    def step(self):",
    '        parameters, rate = self.param_groups[0]["params"], self.param_groups[0]["lr"]',
    "        x = torch.cat([parameter.detach().flatten() for parameter in parameters])",
    "        g = torch.cat([parameter.grad.flatten() for parameter in parameters])",
    "        self.t += 1",
    "        x = rule(x, g, number(self.t), number(rate), self.kept)",
    "        for parameter, part in zip(parameters, x.split([parameter.numel() for parameter in parameters])):",
    "            parameter.copy_(part.view_as(parameter))",
]
KERAS_CLASS: list[str] = [
    "class TypedRule:",
    '    """Calls `rule` with all that is learned as one vector, its variables one behind the other."""',
    "",
    "    def __init__(self, learning_rate):",
    "        self.learning_rate, self.t, self.kept = learning_rate, 0, {}",
    "",
    "    def build(self, variables):",
    '        """As every optimizer of Keras; the state is made at the first step."""',
    "",
    "    def apply(self, gradients, variables):",
    "        x = torch.cat([variable.value.detach().flatten() for variable in variables])",
    "        g = torch.cat([gradient.flatten() for gradient in gradients])",
    "        self.t += 1",
    "        x = rule(x, g, number(self.t), number(self.learning_rate), self.kept)",
    "        for variable, part in zip(variables, x.split([variable.value.numel() for variable in variables])):",
    "            variable.assign(part.view_as(variable.value))",
]
