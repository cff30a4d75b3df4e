"""Several processes on one database, and one that is killed or cancelled in the middle."""

import asyncio
import json
import signal
from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest

from bot.models import PaperId, Style
from bot.questions.memory import digest as digest_of
from bot.store.store import Store
from tests.questions.test_memory import KEY
from tests.support.stores import CHANNEL, NOW, digest, graph_paper, outcome, paper, start, summary

pytestmark = pytest.mark.long

# Each script is told the database, its number, and to begin by a line, so that all begin together.
FRAME = """
import asyncio, json, sys, time
from datetime import UTC, datetime, timedelta
from bot.models import Style
from bot.store.spend import Cap, Cause
from bot.store.store import Store
from tests.support.stores import NOW, digest, graph_paper, paper, summary

async def main():
    number = int(sys.argv[2])
    print("ready", flush=True)
    sys.stdin.readline()
    async with Store.open(sys.argv[1]) as store:
        print(json.dumps(await work(store, number)))

async def work(store, number):
    {body}

asyncio.run(main())
"""


def together(database: str, count: int, body: str) -> list[Any]:
    """What each of the processes gives back."""
    script = FRAME.format(body="\n    ".join(body.strip().splitlines()))
    processes = [start(script, database, number) for number in range(count)]
    for process in processes:
        assert process.stdout
        assert process.stdout.readline() == "ready\n"
    for process in processes:
        assert process.stdin
        process.stdin.write("go\n")
        process.stdin.flush()
    return [json.loads(outcome(process)) for process in processes]


async def test_all_at_once_on_a_new_database(new_database: str) -> None:
    answers = together(
        new_database,
        3,
        """
# Each brings papers of its own, papers that all bring, and half of the pairs that are one paper.
shared, own = range(100), range(1000 * (number + 1), 1000 * (number + 1) + 50)
for chunk in range(4):
    await store.papers.save([paper(n, doi=f"10.1/{n}") for n in [*own, *shared][chunk::4]])
    await store.papers.save([graph_paper(f"g{n}", title="Brief", doi=f"10.1/{n}") for n in shared][chunk::4])
lease = timedelta(hours=1)
claims = [await store.summaries.claim(paper(n).id, "ja", Style.BRIEF, f"p{number}", NOW, lease) for n in range(20)]
saved = await store.digests.save(digest(paper(1000 * (number + 1))))
cause = Cause(NOW, "m", "p", "c")
granted = [await store.spend.reserve(NOW.date(), 0.25, [Cap("budget.day", 2.0)], cause) for _ in range(5)]
return {
    "claimed": [n for n, claim in enumerate(claims) if type(claim).__name__ == "Claimed"],
    "digest": str(saved.digest.entries[0].paper.id),
    "granted": sum(isinstance(one, int) for one in granted),
}
""",
    )
    claimed = sorted(n for answer in answers for n in answer["claimed"])
    assert claimed == list(range(20))  # each by exactly one
    assert len({answer["digest"] for answer in answers}) == 1
    assert sum(answer["granted"] for answer in answers) == 8
    async with Store.open(new_database) as store:
        assert (await store.counts()).papers == 100 + 3 * 50
        both = await store.papers.get_many(PaperId("s2", f"g{n}") for n in range(100))
        assert {len(one.sources) for one in both.values()} == {2}
        assert len(await store.digests.shown(CHANNEL)) == 1


def test_turns_are_apart_across_processes(database_url: str) -> None:
    answers = together(
        database_url,
        3,
        """
turns = []
for _ in range(2):
    async with store.pace.turn("arxiv", 0.15):
        begun = time.time()
        await asyncio.sleep(0.02)
        turns.append((begun, time.time()))
return turns
""",
    )
    turns = sorted((begun, ended) for answer in answers for begun, ended in answer)
    assert len(turns) == 6
    for (begun, ended), (next_begun, _) in pairwise(turns):
        assert next_begun - begun >= 0.15
        assert next_begun >= ended


async def test_a_killed_process_loses_only_what_it_had_not_stored(database_url: str) -> None:
    body = """
    for n in range(10**6):
        await store.papers.save([paper(n), paper(n + 50_000)])
        print("saved", n, flush=True)
    """
    process = start(FRAME.format(body=body.strip()), database_url, 0)
    assert process.stdin
    assert process.stdout
    process.stdin.write("go\n")
    process.stdin.flush()
    last = ""
    while last != "saved 5\n":
        last = process.stdout.readline()
        assert last
    process.send_signal(signal.SIGKILL)
    printed, _ = process.communicate(timeout=300)
    stored = max([5, *(int(line.split()[1]) for line in printed.splitlines() if line.startswith("saved "))])
    async with Store.open(database_url) as store:
        papers = (await store.counts()).papers
        assert papers in {2 * (stored + 1), 2 * (stored + 2)}  # never half a transaction
        await store.papers.save([paper(49_999)])


@pytest.mark.parametrize("milliseconds", [0, 1, 2, 4, 8, 16, 32])
async def test_cancelling_leaves_the_store_usable(store: Store, milliseconds: int) -> None:
    some = [paper(n) for n in range(400)]
    tasks = [
        asyncio.create_task(store.papers.save(some)),
        asyncio.create_task(store.papers.matching([str(one.id) for one in some])),
        asyncio.create_task(store.papers.save(graph_paper(f"g{n}", title=f"Lanterns, weighed {n}") for n in range(50))),
    ]
    await asyncio.sleep(milliseconds / 1000)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)

    async with asyncio.timeout(300):
        await store.papers.save([paper(9999)])
        await store.digests.save(digest(paper(9999)))
        await store.summaries.put(paper(9999).id, summary())
    assert (await store.counts()).papers in {1, 51, 401, 451}
    assert await store.summaries.get([paper(9999).id], "ja", Style.BRIEF) == {paper(9999).id: summary()}


async def test_cancelling_while_waiting_for_the_writer(store: Store) -> None:
    async with store._database.writing():
        waiting = asyncio.create_task(store.papers.save([paper(1)]))
        await asyncio.sleep(0.05)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
    await store.papers.save([paper(1)])


async def test_three_replicas_never_spend_more_than_a_cap(database_url: str) -> None:
    answers = together(
        database_url,
        3,
        """
from zoneinfo import ZoneInfo
from bot.errors import BudgetError
from bot.models import Usage
from bot.questions.budget import QuestionBudget, QuestionCaps
budget = QuestionBudget(store, QuestionCaps(0.5, 1.0, 2.0), 9.0, ZoneInfo("Asia/Tokyo"), lambda: NOW)
codes = []
async def ask(n):
    try:
        # Half of them cost less than was reserved.
        async with budget.reserve(f"person {n % 5}", f"slack:T1/C{n % 4}", 0.0625, model="m") as reservation:
            await asyncio.sleep(0.01)
            await reservation.settle(Usage(usd=0.0625 if n % 2 else 0.03125))
        codes.append("")
    except BudgetError as error:
        codes.append(error.code)
for first in range(0, 60, 4):
    await asyncio.gather(*(ask(n) for n in range(first, first + 4)))
return codes
""",
    )
    codes = [code for answer in answers for code in answer]
    assert len(codes) == 180
    assert {code for code in codes if code} <= {f"budget.question_{part}" for part in ("person", "channel", "day")}
    async with Store.open(database_url) as store:
        spent = await store.spend.by_channel((NOW + timedelta(hours=9)).date())
        total = sum(one.usd for one in spent)
        assert 2.0 - 0.0625 < total <= 2.0
        assert all(one.usd <= 1.0 for one in spent)
        assert sum(one.calls for one in spent) == codes.count("")


async def test_ten_processes_with_one_question_pay_once_even_if_the_first_dies(database_url: str) -> None:
    async with Store.open(database_url) as store:
        await store.answers.claim(digest_of(KEY), "killed", timedelta(seconds=1))
    answers = together(
        database_url,
        10,
        """
from dataclasses import asdict
from bot.models import Answer, AnswerKind, Claim
from bot.questions.memory import AnswerMemory, Timing
from tests.questions.test_memory import KEY
calls = []
async def make():
    calls.append(number)
    await asyncio.sleep(0.5)
    return Answer(AnswerKind.ANSWERED, (Claim(f"by {number}"),))
given = await AnswerMemory(store, timing=Timing(poll=0.05)).once(KEY, make)
return {"calls": len(calls), "fresh": given.fresh, "text": given.answer.claims[0].text}
""",
    )
    assert sum(answer["calls"] for answer in answers) == 1
    assert sum(answer["fresh"] for answer in answers) == 1
    assert len({answer["text"] for answer in answers}) == 1
