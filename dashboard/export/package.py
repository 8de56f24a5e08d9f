"""What a reader takes away: the series shown, with the words that must travel with them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import xarray as xr

import loaders
from dashboard import filters
from dashboard.filters import Selection
from dashboard.sentences import citation
from dashboard.sentences.one_series import first_period, newest_period
from dashboard.series.snapshot import Snapshot
from dashboard.words.text import plural, speaking, t, translate


def archive(
    datasets: Sequence[xr.Dataset],
    snapshot: Snapshot,
    selection: Selection,
    *,
    newest: str,
    year: str,
    link: str,
) -> bytes:
    """A zip of the series: CSV, NetCDF, README and citations; the same state gives the same bytes."""
    with speaking(selection.lang):  # a download is made in a thread of its own
        texts = {
            "README.txt": readme(datasets, snapshot, selection, newest=newest, year=year, link=link),
            "citations.bib": citation.bibtex(datasets, snapshot.cache_id, newest, year, link),
        }
    return loaders.to_zip(datasets, texts, view=link)


def readme(
    datasets: Sequence[xr.Dataset],
    snapshot: Snapshot,
    selection: Selection,
    *,
    newest: str,
    year: str,
    link: str,
) -> str:
    """What is inside, how it was chosen, and of each series its zero, terms, citation and caveat."""
    title = plural("package.title", len(datasets))
    chosen = "; ".join(f"{name} = {value}" for name, value in filters.write(selection).items())
    lines = [
        title,
        "=" * len(title),
        "",
        t("package.filters", filters=chosen or t("package.no_filter")),
        t("package.whole"),
        t("package.link", link=link),
        t("package.cite", cite=citation.state(snapshot.cache_id, newest, year)),
        "",
        t("package.csv"),
        t("package.netcdf"),
        t("package.bib"),
    ]
    for dataset in datasets:
        lines += ["", *_about(dataset, snapshot)]
    return "\n".join(lines) + "\n"


def _about(dataset: xr.Dataset, snapshot: Snapshot) -> list[str]:
    attrs: Mapping[str, str] = dataset.attrs
    row = snapshot.catalogue.series[attrs["series_id"]]
    datum = snapshot.catalogue.datums[row.datum] if row.datum else None
    said = {
        "unit": translate(row.unit),
        "datum": f"{datum.label}: {datum.words}" if datum else "",
        "covers": f"{first_period(dataset)} – {newest_period(dataset)}",
        "source": attrs["source"],
        "page": attrs["source_url"],
        "licence": attrs["licence"],
        "cite": attrs["citation"],
        "retrieved": citation.retrieved([dataset]).strip(),
        "caveat": attrs.get("caveat", ""),
    }
    head = f"{row.title} ({row.id})"
    return [
        head,
        "-" * len(head),
        *(f"{t(f'package.col_{name}')}: {text}" for name, text in said.items() if text),
    ]
