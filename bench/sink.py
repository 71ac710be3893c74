"""How fast can a mail server on this machine take messages at all?

Compiles and runs the server in C that keeps nothing (`smtp_sink.c`); where no compiler is at hand, a simpler one in
Python stands in, in a process of its own.
"""

import asyncio
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def running(port: int) -> Iterator[str]:
    """Run a mail server; give the language it is written in."""
    with tempfile.TemporaryDirectory() as folder:
        command, language = _command(Path(folder) / "smtp_sink")
        process = subprocess.Popen([*command, str(port)], stdout=subprocess.DEVNULL)
        try:
            _wait_for(port)
            yield language
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(10)


def _command(binary: Path) -> tuple[list[str], str]:
    if compiler := shutil.which("cc") or shutil.which("gcc"):
        subprocess.run([compiler, "-O2", "-o", binary, Path(__file__).with_name("smtp_sink.c")], check=True)
        return [str(binary)], "C"
    return [sys.executable, "-m", "bench.sink"], "Python"


def _wait_for(port: int) -> None:
    until = time.monotonic() + 20
    while True:
        try:
            socket.create_connection(("127.0.0.1", port)).close()
            return
        except ConnectionRefusedError:
            if time.monotonic() > until:
                raise
            time.sleep(0.02)


def limit_per_second(port: int, content: bytes, count: int) -> float:
    """Return how many times a second one connection can hand over a prebuilt message."""
    envelope = b"MAIL FROM:<us@bench.example>\r\nRCPT TO:<c@client.example>\r\nDATA\r\n"
    with socket.create_connection(("127.0.0.1", port)) as wire:
        answers = wire.makefile("rb")
        answers.readline()
        started = time.perf_counter()
        for _n in range(count):
            wire.sendall(envelope)
            for _reply in range(3):
                answers.readline()
            wire.sendall(content + b".\r\n")
            answers.readline()
        return count / (time.perf_counter() - started)


async def _serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Take everything that a client has, and keep nothing."""
    writer.write(b"220 sink\r\n")
    while line := await reader.readline():
        match line[:4].upper():
            case b"EHLO":
                writer.write(b"250-sink\r\n250-PIPELINING\r\n250 8BITMIME\r\n")
            case b"DATA":
                writer.write(b"354 go on\r\n")
                while await reader.readline() not in (b".\r\n", b""):
                    pass
                writer.write(b"250 2.0.0 taken\r\n")
            case b"QUIT":
                writer.write(b"221 bye\r\n")
                break
            case _:
                writer.write(b"250 2.0.0 ok\r\n")
    writer.close()


async def _serve_for_ever(port: int) -> None:
    await (await asyncio.start_server(_serve, "127.0.0.1", port)).serve_forever()


if __name__ == "__main__":
    asyncio.run(_serve_for_ever(int(sys.argv[1])))
