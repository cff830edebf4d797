"""The `hotline` command. It only collects the groups of `hotline/commands`, each imported when called."""

from __future__ import annotations

import sys

if sys.version_info < (3, 11):  # noqa: UP036 - said here, before newer syntax makes an older Python stumble
    sys.exit("需要 Python 3.11 或更新 / Python 3.11 or newer is needed; this is " + sys.version.split()[0])

import gc
import importlib
import os
import traceback
from collections.abc import Sequence

import click

from hotline.faults import explain

# name of the command -> where it lives; a module is imported when its command is called, so that
# the light processes never load what the heavy ones need
COMMANDS: dict[str, str] = {
    "up": "hotline.commands.up:up",
    "check": "hotline.commands.check:check",
    "serve": "hotline.commands.serve:serve",
    "exchange": "hotline.commands.exchange:exchange",
    "dial": "hotline.commands.dial:dial",
    "twilio": "hotline.commands.twilio:twilio",
    "work": "hotline.commands.work:work",
    "tick": "hotline.commands.tick:tick",
    "migrate": "hotline.commands.migrate:migrate",
    "establish": "hotline.commands.establish:establish",
    "policy": "hotline.commands.policy:policy",
    "seed": "hotline.commands.seed:seed",
    "demo": "hotline.commands.demo:demo",
    "models": "hotline.commands.models:models",
    "analytics": "hotline.commands.analytics:analytics",
}

SUMMARIES: dict[str, str] = {
    "up": "启动全部进程 · start everything and keep it running",
    "check": "查看并检查设置 · show the settings masked and say what is wrong",
    "serve": "单个服务进程 · one serving process (web, carrier, fallback, captions, gate)",
    "exchange": "内置电话交换机 · the embedded telephone exchange",
    "dial": "脚本来电 · a scripted caller",
    "twilio": "运营商 Twilio · provision the live carrier, and its fallback",
    "work": "后台任务 · run the jobs",
    "tick": "时钟 · write due work, each second",
    "migrate": "建库或升级 · bring the database to the newest shape",
    "establish": "建立机构与首个管理员 · the organisation and its first administrator",
    "policy": "录音与保存期限 · consent to recording, and how long things are kept",
    "seed": "演示数据 · create the demonstration organisation",
    "demo": "清除演示数据 · remove the demonstration data",
    "models": "语音与文本模型 · speech and text models",
    "analytics": "分析 · analytics by hand",
}


class LazyCommands(click.Group):
    """A group that knows its commands by name and imports one only when it is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        place = COMMANDS.get(cmd_name)
        if place is None:
            return None
        module_name, _, attribute = place.partition(":")
        command = getattr(importlib.import_module(module_name), attribute)
        assert isinstance(command, click.Command)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, SUMMARIES[name]) for name in COMMANDS])


@click.group(cls=LazyCommands, context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--debug", is_flag=True, help="出错时显示调用栈 · show the traceback of a fault")
def cli(debug: bool) -> None:
    """心理援助热线 · psychological-aid hotline."""
    if debug:
        os.environ["HOTLINE_DEBUG"] = "1"


LIVING_OBJECTS = 20_000
"""New objects before the collector looks for cycles. What a start imports stays: at Python's own 700 it is
looked through again and again, for a good part of the start's time."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Run a command. A fault of operation ends with one sentence and status 1, never with a traceback."""
    gc.set_threshold(LIVING_OBJECTS, 10, 10)
    try:
        cli.main(
            args=None if arguments is None else list(arguments), prog_name="hotline", standalone_mode=False
        )
    except click.exceptions.Exit as end:
        sys.exit(end.exit_code)
    except (click.Abort, KeyboardInterrupt):
        sys.exit(130)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except Exception as error:
        if os.environ.get("HOTLINE_DEBUG"):
            raise
        click.echo(_sentence(error), err=True)
        sys.exit(1)


def _sentence(error: Exception) -> str:
    fault = explain(error)
    if fault is not None:
        return f"{fault.zh}\n{fault.en}"
    # The message of an unforeseen error may hold a caller's data, so only its kind and place are told.
    frames = traceback.extract_tb(error.__traceback__)
    place = f"{frames[-1].filename}:{frames[-1].lineno}" if frames else "?"
    return (
        f"出现意外错误 {type(error).__name__}（{place}）；加 --debug 可看到调用栈。\n"
        f"An unforeseen {type(error).__name__} at {place}; `hotline --debug …` shows the traceback."
    )


if __name__ == "__main__":
    main()
