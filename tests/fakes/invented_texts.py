"""The abstract of an invented paper, and what may truly be said of it in Japanese and in English."""

from __future__ import annotations

from dataclasses import dataclass

from tests.fakes.invented_words import Theme, Tool


@dataclass(frozen=True, slots=True)
class Texts:
    """A brief summary and the parts of a detailed one, in one language."""

    headline: str
    summary: str
    abstract: str
    background: str
    method: str
    results: str
    outlook: str


@dataclass(frozen=True, slots=True)
class Facts:
    """What a paper is about. `gain` (per cent) and `speed` (a factor) are empty where it claims none."""

    method: str
    theme: Theme
    tool: Tool
    gain: str
    speed: str
    count: int
    wording: int = 0
    title: str = ""

    @property
    def full_title(self) -> str:
        task = self.theme.task[0].upper() + self.theme.task[1:]
        return self.title or f"{self.method}: {task} with {self.tool.phrase}"


def abstract_of(facts: Facts) -> str:
    """Return the abstract in one of three wordings that say the same."""
    theme, method, tool = facts.theme, facts.method, facts.tool.phrase
    task = theme.task[0].upper() + theme.task[1:]
    opening = (
        f"{task} is hard, because {theme.obstacle}.",
        f"Although {theme.obstacle}, {theme.task} is still done by hand today.",
        f"Earlier work on {theme.task} gave up where it matters: {theme.obstacle}.",
    )[facts.wording]
    proposal = (
        f"We propose {method}, a method built on {tool}.",
        f"We introduce {method}, which relies on {tool} and on nothing else.",
        f"This paper presents {method}. It rests on {tool}.",
    )[facts.wording]
    return " ".join((opening, proposal, f"{theme.detail}.", _claim(facts), _ending(facts)))


def _claim(facts: Facts) -> str:
    """Return the sentence on what the paper claims to have measured."""
    measured = f"On the {facts.theme.benchmark} benchmark, {facts.method} raises accuracy by {facts.gain}%"
    if facts.gain and facts.speed:
        return f"{measured} over earlier methods and runs {facts.speed}x faster."
    if facts.gain:
        return f"{measured} over earlier methods."
    return f"We argue, without experiments, why {facts.theme.benchmark} cannot measure it."


def _ending(facts: Facts) -> str:
    return (
        f"We study {facts.count} examples, and discuss where the method fails on windy evenings.",
        f"An ablation over {facts.count} cases shows which part matters & where the gains end.",
        f"A reader needs $O(n \\log n)$ steps to follow it; {facts.count} examples are given.",
    )[facts.wording]


def texts_of(facts: Facts, language: str) -> Texts:
    """Return what a good answer says, in `ja` or `en`."""
    return _japanese(facts) if language == "ja" else _english(facts)


def _japanese(facts: Facts) -> Texts:
    theme, method, bench = facts.theme, facts.method, facts.theme.benchmark
    problem = f"{theme.task_ja}は、{theme.obstacle_ja}ため難しい。"
    proposal = f"著者らは、{facts.tool.japanese}に基づく手法{method}を提案する。"
    detail = f"{theme.detail_ja}。"
    if facts.gain and facts.speed:
        result = f"{bench}ベンチマークで精度を{facts.gain}%高め、{facts.speed}倍速く動作したと報告している。"
    elif facts.gain:
        result = f"{bench}ベンチマークで、従来の手法より精度を{facts.gain}%高めたと報告している。"
    else:
        result = f"実験は行わず、{bench}では測れない理由を論じている。"
    return Texts(
        headline=f"{method}：{facts.tool.japanese}による新しい取り組み",
        summary=problem + proposal + result,
        abstract=problem + proposal + detail + result + f"{facts.count}例についても論じている。",
        background=f"{problem}この難しさが研究の出発点である。",
        method=f"{method}は{facts.tool.japanese}に基づく。{detail}",
        results=f"{result}これが主な成果である。",
        outlook=f"{method}がうまく働かない条件を明らかにすることが、今後の課題である。",
    )


def _english(facts: Facts) -> Texts:
    theme, method, bench, tool = facts.theme, facts.method, facts.theme.benchmark, facts.tool.phrase
    problem = f"What stands in the way of {theme.task} is that {theme.obstacle}."
    proposal = f"The authors answer with {method}, for which they use {tool}."
    if facts.gain and facts.speed:
        result = f"They report {facts.gain}% higher accuracy on {bench}, at {facts.speed}x the speed of other methods."
    elif facts.gain:
        result = f"They report {facts.gain}% higher accuracy on {bench} than earlier methods reach."
    else:
        result = f"They run no experiments and argue that {bench} cannot measure it."
    return Texts(
        headline=f"{method} uses {tool} for {theme.task}.",
        summary=f"{problem} {proposal} {result}",
        abstract=f"{problem} {proposal} {theme.detail}. {result} They discuss {facts.count} examples or cases.",
        background=f"{problem} This is where the work begins.",
        method=f"{method} uses {tool}. {theme.detail}.",
        results=f"{result} This is the main result.",
        outlook=f"Where {method} fails is left to future work by the authors.",
    )
