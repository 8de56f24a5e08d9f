"""The Refresh button: a child process, its result lines, then the new figures."""

from __future__ import annotations

import subprocess
import sys

import streamlit as st

from dashboard.views.shell.frame import frame, newest_words
from dashboard.words.text import t
from loaders.environment import settings


def refresh_allowed() -> bool:
    """On where the server listens on this computer only, unless the setting says otherwise."""
    chosen = settings.refresh_button()
    local = st.get_option("server.address") in ("127.0.0.1", "localhost", "::1")
    return local if chosen is None else chosen


def refresh_button(key: str) -> None:
    """Run the refresh command as a child process, show its lines, then the new data."""
    if not st.button(t("data.refresh_run"), key=key, type="secondary"):
        _last_refresh(key)
        return
    with st.status(t("data.refresh_running"), expanded=True) as status:
        child = subprocess.Popen(
            [sys.executable, "-m", "loaders", "refresh"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        lines = []
        for said in child.stdout or ():
            lines.append(said.rstrip())
            status.text(said.rstrip())
        code = child.wait()
        status.update(
            label=t("data.refresh_done", words=refresh_words(code)),
            state="complete" if code in (0, 3) else "error",
        )
    st.session_state["refreshed"] = (key, code, lines, st.session_state["frame"].snapshot.cache_id)
    st.rerun(scope="app")


def refresh_words(code: int) -> str:
    known = code if code in (0, 3, 4, 5) else 1
    return t(f"data.refresh_code_{known}")


def _last_refresh(key: str) -> None:
    """The result lines of the refresh that this visitor started, and whether any value moved."""
    done = st.session_state.get("refreshed")
    if not done or done[0] != key:
        return
    _, code, lines, before = done
    current = frame()
    newest, _ = newest_words(current)
    moved = current.snapshot.cache_id != before
    with st.status(
        t("data.refresh_done", words=refresh_words(code)),
        expanded=True,
        state="complete" if code in (0, 3) else "error",
    ):
        st.markdown(
            t(
                "data.new_points" if moved else "data.same_points",
                newest=newest,
                cache=current.snapshot.cache_id,
            )
        )
        st.code("\n".join(lines), language=None, wrap_lines=True)
