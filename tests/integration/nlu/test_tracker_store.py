"""Trackers on a current SQLAlchemy, in SQLite and Postgres: kept, found again, and gone after a day."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest
import sqlalchemy as sa
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, Event, SessionStarted, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from nlu.tracker_store import ZoeTrackerStore

HOUR = 3600.0
NOW = 1_000_000.0


@pytest.fixture
def store(database_url: str) -> Iterator[ZoeTrackerStore]:
    """A store on an empty database."""
    made = ZoeTrackerStore(Domain.empty(), host=database_url.replace("+aiosqlite", ""))
    yield made
    made.engine.dispose()


async def save(store: ZoeTrackerStore, sender: str, *events: Event) -> None:
    tracker = DialogueStateTracker.from_events(sender, [])
    for event in events:
        tracker.update(event)
    await store.save(tracker)


def session(at: float) -> list[Event]:
    return [SessionStarted(at), ActionExecuted("action_listen", timestamp=at), UserUttered("hello", timestamp=at)]


async def test_a_tracker_is_found_again(store: ZoeTrackerStore) -> None:
    await save(store, "a", *session(NOW))
    tracker = await store.retrieve("a")
    assert tracker is not None
    assert [event.type_name for event in tracker.events] == ["session_started", "action", "user"]


async def test_a_silent_conversation_is_deleted_after_the_cutoff(store: ZoeTrackerStore) -> None:
    await save(store, "old", *session(NOW - 25 * HOUR))
    await save(store, "new", *session(NOW))
    assert store.delete_older_than(NOW - 24 * HOUR) == 3
    assert list(await store.keys()) == ["new"]


async def test_a_session_that_still_goes_on_keeps_its_beginning(store: ZoeTrackerStore) -> None:
    await save(store, "a", *session(NOW - 25 * HOUR), UserUttered("still here", timestamp=NOW))
    assert store.delete_older_than(NOW - 24 * HOUR) == 0


async def test_a_tracker_grows_turn_by_turn(store: ZoeTrackerStore) -> None:
    await save(store, "a", *session(NOW))
    tracker = await store.retrieve("a")
    assert tracker is not None
    tracker.update(UserUttered("perdi meu celular 📱", timestamp=NOW + 1))
    await store.save(tracker)
    again = await store.retrieve("a")
    assert again is not None
    assert [event.text for event in again.events if isinstance(event, UserUttered)] == ["hello", "perdi meu celular 📱"]


async def test_conversations_at_once_keep_to_themselves(store: ZoeTrackerStore) -> None:
    names = [f"c{number}" for number in range(8)]
    await asyncio.gather(*(save(store, name, *session(NOW)) for name in names))
    assert sorted(await store.keys()) == names
    for name in names:
        tracker = await store.retrieve_full_tracker(name)
        assert tracker is not None
        assert len(tracker.events) == 3


async def test_a_purge_of_many_conversations_goes_in_batches(store: ZoeTrackerStore) -> None:
    for number in range(200):
        await save(store, f"c{number}", *session(NOW - 25 * HOUR))
    assert store.delete_older_than(NOW - 24 * HOUR) == 600
    assert list(await store.keys()) == []


def texts(tracker: DialogueStateTracker | None) -> list[str]:
    assert tracker is not None
    return [event.text for event in tracker.events if isinstance(event, UserUttered)]


async def turn(store: ZoeTrackerStore, said: str, at: float) -> DialogueStateTracker:
    tracker = await store.retrieve("a")
    assert tracker is not None
    tracker.update(UserUttered(said, timestamp=at))
    await store.save(tracker)
    return tracker


async def test_the_next_turn_goes_on_with_the_tracker_that_was_stored(store: ZoeTrackerStore) -> None:
    await save(store, "a", *session(NOW))
    first = await turn(store, "one", NOW + 1)
    assert await turn(store, "two", NOW + 2) is first
    stored = await store.retrieve_full_tracker("a")
    assert texts(stored) == ["hello", "one", "two"]


async def test_what_another_process_stored_is_seen(store: ZoeTrackerStore, database_url: str) -> None:
    other = ZoeTrackerStore(Domain.empty(), host=database_url.replace("+aiosqlite", ""))
    await save(store, "a", *session(NOW))
    await turn(store, "one", NOW + 1)
    await turn(other, "two", NOW + 2)
    await turn(store, "three", NOW + 3)
    assert texts(await other.retrieve("a")) == ["hello", "one", "two", "three"]
    other.engine.dispose()


async def test_a_turn_that_failed_before_it_was_stored_left_nothing(store: ZoeTrackerStore) -> None:
    await save(store, "a", *session(NOW))
    await turn(store, "one", NOW + 1)
    failed = await store.retrieve("a")
    assert failed is not None
    failed.update(UserUttered("lost", timestamp=NOW + 2))
    assert texts(await store.retrieve("a")) == ["hello", "one"]
    await turn(store, "two", NOW + 3)
    assert texts(await store.retrieve("a")) == ["hello", "one", "two"]


async def test_a_new_session_starts_small_and_erases_the_earlier_one(store: ZoeTrackerStore) -> None:
    await save(store, "a", *session(NOW))
    await save(store, "other", *session(NOW))
    await turn(store, "one", NOW + 1)
    tracker = await store.retrieve("a")
    assert tracker is not None
    for event in session(NOW + 2):
        tracker.update(event)
    await store.save(tracker)
    assert texts(await turn(store, "two", NOW + 3)) == ["hello", "two"]
    assert texts(await store.retrieve_full_tracker("a")) == ["hello", "two"]
    assert texts(await store.retrieve_full_tracker("other")) == ["hello"]


async def test_a_turn_of_a_long_conversation_takes_no_more_statements_and_rows(
    store: ZoeTrackerStore,
) -> None:
    statements: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: object) -> None:
        statements.append(statement)

    await save(store, "a", *session(NOW))
    await turn(store, "warm", NOW)
    sa.event.listen(store.engine, "after_cursor_execute", note)
    price: list[tuple[list[str], int, int]] = []
    for number in range(1, 201):
        if number % 10 == 0:
            tracker = await store.retrieve("a")
            assert tracker is not None
            for event in session(NOW + number):
                tracker.update(event)
            await store.save(tracker)
        statements.clear()
        tracker = await turn(store, f"turn {number}", NOW + number)
        full = await store.retrieve_full_tracker("a")
        assert full is not None
        price.append((list(statements), len(tracker.events), len(full.events)))
    assert price[9:19] == price[19:29] == price[189:199]
    assert max(events for _, events, _ in price) < 20
    assert max(rows for _, _, rows in price) < 20
