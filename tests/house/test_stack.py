# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false
# (aiokafka and redis-py leave their parameters without types)
"""The infrastructure as it is started for the tests and by `up`."""

import stat

import asyncpg
import httpx2
import psutil
import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from redis.asyncio import Redis
from redis.exceptions import AuthenticationError

from farhand.bootstrap import DATABASE, KEYS, at, bootstrap
from farhand.stack import ROLES, Stack
from tests.house.waiting import until


async def crash(house: Stack, part: str) -> None:
    restarts = house.children[part].restarts
    house.kill(part)
    await until(lambda: house.children[part].restarts > restarts)
    await house.until_ready(part)


def login(house: Stack, role: str, database: str = DATABASE) -> str:
    return at(house.addresses.postgres, database, role, house.credentials.read(f"postgres_{role}"))


async def test_kafka_keeps_what_it_acknowledged_through_a_kill(house: Stack) -> None:
    admin = AIOKafkaAdminClient(bootstrap_servers=house.addresses.kafka)
    await admin.start()
    await admin.create_topics([NewTopic("kept", num_partitions=1, replication_factor=1)])
    await admin.close()
    async with AIOKafkaProducer(
        bootstrap_servers=house.addresses.kafka, acks="all", enable_idempotence=True
    ) as producer:
        for number in range(100):
            await producer.send_and_wait("kept", str(number).encode())
        await crash(house, "kafka")
        await producer.send_and_wait("kept", b"after")

    consumer = AIOKafkaConsumer(bootstrap_servers=house.addresses.kafka)
    await consumer.start()
    consumer.assign([TopicPartition("kept", 0)])
    await consumer.seek_to_beginning()
    values = [(await consumer.getone()).value for _ in range(101)]
    await consumer.stop()
    assert values == [*(str(number).encode() for number in range(100)), b"after"]


async def test_postgres_keeps_what_it_committed_through_a_kill(house: Stack) -> None:
    mine = await asyncpg.connect(login(house, "onboarding"))
    await mine.execute("create table kept as select generate_series(1, 1000) as number")
    await crash(house, "postgres")
    mine.terminate()
    mine = await asyncpg.connect(login(house, "onboarding"))
    assert await mine.fetchval("select count(*) from onboarding.kept") == 1000
    assert await mine.fetchval("show fsync") == "on"
    await mine.execute("drop table kept")
    await mine.close()


async def test_a_service_sees_only_its_own_schema(house: Stack) -> None:
    notify = await asyncpg.connect(login(house, "notify"))
    assert await notify.fetchval("select current_schema()") == "notify"
    await notify.execute("create table mine (a int)")
    for forbidden in (
        "create table onboarding.a (a int)",
        "create table public.a (a int)",
        "create schema a",
        "set role onboarding",
    ):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await notify.execute(forbidden)
    metrics = await asyncpg.connect(login(house, "metrics"))
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await metrics.execute("select * from notify.mine")
    await notify.execute("drop table mine")
    await notify.close()
    await metrics.close()


async def test_every_service_may_keep_and_forget_keys_and_nothing_else(house: Stack) -> None:
    keys = await asyncpg.connect(login(house, "onboarding", KEYS))
    await keys.execute("insert into keys.data_key (person, wrapped) values ('p', 'w')")
    other = await asyncpg.connect(login(house, "notify", KEYS))
    assert await other.fetchval("delete from data_key where person = 'p' returning true")
    for forbidden in ("create table keys.a (a int)", "update data_key set wrapped = ''"):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await keys.execute(forbidden)
    await keys.close()
    await other.close()


async def test_the_bootstrap_can_be_done_again(house: Stack) -> None:
    passwords = {role: house.credentials.read(f"postgres_{role}") for role in ROLES}
    await bootstrap(house.addresses.postgres, passwords)


async def test_valkey_wants_its_password(house: Stack) -> None:
    async with Redis.from_url(house.addresses.redis) as redis:
        assert await redis.set("a", "b")
    with pytest.raises(AuthenticationError):
        async with Redis(port=house.settings.port("redis"), protocol=2) as stranger:
            await stranger.get("a")


async def test_zipkin_keeps_a_trace_and_shows_its_page(house: Stack) -> None:
    span = {"traceId": "ab" * 8, "id": "cd" * 8, "name": "hire", "timestamp": 1, "duration": 1}
    async with httpx2.AsyncClient(base_url=house.addresses.zipkin, trust_env=False) as zipkin:
        (await zipkin.post("/api/v2/spans", json=[span])).raise_for_status()
        trace = f"/api/v2/trace/{span['traceId']}"
        assert (await zipkin.get(trace)).json()[0]["name"] == "hire"
        assert "<html" in (await zipkin.get("/zipkin/")).text


def test_everything_listens_on_loopback_only(house: Stack) -> None:
    listening = {
        (name, connection.laddr.ip)
        for name in house.children
        for process in _family(house.pid(name))
        for connection in process.net_connections("inet")
        if connection.status == psutil.CONN_LISTEN
    }
    assert {name for name, _ in listening} == set(house.children)
    assert {ip.removeprefix("::ffff:") for _, ip in listening} == {"127.0.0.1"}


def test_no_secret_is_an_argument_of_a_process(house: Stack) -> None:
    secrets = [file.read_text().strip() for file in house.home.secrets.iterdir()]
    arguments = [
        " ".join(process.cmdline())
        for name in house.children
        for process in _family(house.pid(name))
    ]
    assert not [secret for secret in secrets if any(secret in line for line in arguments)]


def test_secrets_are_closed_to_others(house: Stack) -> None:
    modes = {stat.S_IMODE(file.stat().st_mode) for file in house.home.secrets.iterdir()}
    assert modes == {0o600}


def test_a_service_is_told_where_everything_is(house: Stack) -> None:
    environment = house.environment("notify")
    assert environment["FARHAND_KAFKA"] == house.addresses.kafka
    assert environment["FARHAND_POSTGRES"].startswith("postgresql://notify:")
    assert environment["FARHAND_POSTGRES"].endswith(f":{house.settings.port('postgres')}/farhand")
    assert environment["FARHAND_KEYS"].endswith("/farhand_keys")
    assert "FARHAND_CLOCK" not in environment


def _family(pid: int | None) -> list[psutil.Process]:
    process = psutil.Process(pid)
    return [process, *process.children(recursive=True)]
