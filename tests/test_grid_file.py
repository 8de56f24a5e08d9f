"""NetCDF-3 fields: recorded answers by their numbers, and headers that lie, before any reader opens them."""

from __future__ import annotations

import io
import random
import struct

import numpy as np
import pytest
from scipy.io import netcdf_file

from loaders.errors import BadFormat, LoadError, NotData, SchemaChanged, TooLarge, UnsafeFile
from loaders.formats import grid_file

from .payloads.erddap import days, grid

SST = "erddap/MWsstd1day.nc"
CHLOROPHYLL = "erddap/rerddap_7af7a26dfab11da2d682118beeb52e2f.nc"
RECORDED = {
    SST: ("sst", (60, 81, 81), "degree_C"),
    "erddap/rerddap_188571c95282bcb224bb987dd83d22b7.nc": ("u_current", (5, 5, 9), "m s-1"),
    "erddap/rerddap_2b34de76a216b28ab3ef759e2d9c69a8.nc": ("chlor_a", (1, 27, 27), "mg m^-3"),
    CHLOROPHYLL: ("chlor_a", (1, 267, 401), "mg m^-3"),
    "erddap/rerddap_d618e5bdf14da795fb83ba2e6feae588.nc": ("chla", (1, 401, 134), "mg m^-3"),
}
Y, X = np.array([40.0, 41.0, 42.0]), np.array([50.0, 51.0])
VALUES = np.arange(12.0).reshape(2, 3, 2)
TIMES = ["2024-01-01T12:00:00", "2024-01-02T12:00:00"]


def made(values=VALUES, times=TIMES, latitudes=Y, **more) -> bytes:
    more = {"units": "degree_C", "longitudes": X} | more
    return grid("sst", values, times=times, latitudes=latitudes, **more)


# ---- recorded answers ------------------------------------------------------------------------------------


@pytest.mark.parametrize(("name", "expected"), RECORDED.items())
def test_recorded_answers_are_read(samples, name, expected):
    variable, shape, unit = expected
    field = grid_file.field((samples / "climate" / name).read_bytes(), variable)
    assert (field.dims, field.shape) == (("time", "latitude", "longitude"), shape)
    assert field.attrs["units"] == unit
    assert np.all(np.diff(field["latitude"].values) > 0)


def test_a_recorded_sea_is_as_warm_as_the_pacific_in_autumn(samples):
    """Fill -9999999 is no temperature; off California autumn water has 17 to 27 degrees."""
    field = grid_file.field((samples / "climate" / SST).read_bytes(), "sst")
    known = field.values[np.isfinite(field.values)]
    assert 10 < known.min() < known.mean() < known.max() < 35
    assert str(field["time"].values[0])[:16] == "2016-10-18T12:00"
    assert str(field["time"].values[-1])[:16] == "2016-12-17T12:00"


def test_a_recorded_field_from_north_to_south_is_turned_with_its_axis(samples):
    """Against the plain reader of another library; nine tenths of the month are without a value."""
    path = samples / "climate" / CHLOROPHYLL
    with netcdf_file(path, mmap=False) as plain:
        rows = np.array(plain.variables["chlor_a"].data[0, 0], dtype="float64")
        south_first = plain.variables["latitude"].data[::-1]
    field = grid_file.field(path.read_bytes(), "chlor_a")
    assert field["latitude"].values.tolist() == south_first.tolist()
    np.testing.assert_array_equal(field.values[0], rows[::-1])
    assert np.isnan(field.values).mean() == pytest.approx(0.89, abs=0.005)


def test_the_writer_writes_the_recorded_form(samples):
    with netcdf_file(samples / "climate" / SST, mmap=False) as true:
        form = {name: (part.dimensions, part.data.dtype.kind) for name, part in true.variables.items()}
    path = made(depth="altitude")
    assert path[:4] == b"CDF\x01"
    ours = grid_file.read(path)
    assert {str(n): (ours[n].dims, ours[n].dtype.kind) for n in ours.variables if n != "time"} == {
        key: part for key, part in form.items() if key != "time"
    }


# ---- fields ----------------------------------------------------------------------------------------------


def test_a_field_as_written():
    field = grid_file.field(made(depth="zlev"), "sst")
    assert field.values.tolist() == VALUES.tolist()
    assert field.dtype == np.float64
    assert set(field.coords) == {"time", "latitude", "longitude"}


def test_latitudes_from_north_to_south_are_turned():
    field = grid_file.field(made(VALUES[:, ::-1], latitudes=Y[::-1]), "sst")
    assert field["latitude"].values.tolist() == [40, 41, 42]
    assert field.values.tolist() == VALUES.tolist()


@pytest.mark.parametrize(("dtype", "fill"), [("float32", -9999999.0), ("float32", np.nan), ("int16", -32768)])
def test_fills_are_missing(dtype, fill):
    values = VALUES.copy()
    values[1, 2, 0] = np.nan
    field = grid_file.field(made(values, fill=fill, dtype=dtype), "sst")
    assert np.isnan(field.values).sum() == 1
    assert np.isnan(field.values[1, 2, 0])
    assert np.nanmax(field.values) == 11


def test_a_field_without_time_is_a_map():
    assert grid_file.field(made(VALUES[0], times=None), "sst").dims == ("latitude", "longitude")


@pytest.mark.parametrize(
    ("raw", "variable", "error", "words"),
    [
        (made(), "anom", SchemaChanged, "no variable 'anom'"),
        (made(units=""), "sst", SchemaChanged, "no unit"),
        (made(time_units="months since 1970-01-01"), "sst", SchemaChanged, "months since"),
        (made(time_units="fortnights"), "sst", SchemaChanged, "fortnights"),
        (made(times=TIMES[::-1]), "sst", BadFormat, "follow one another"),
        (made(latitudes=np.array([40.0, 42.0, 41.0])), "sst", BadFormat, "latitude"),
        (made(latitudes=np.array([4000.0, 4100.0, 4200.0])), "sst", BadFormat, "latitude"),
    ],
)
def test_another_field_is_refused(raw, variable, error, words):
    with pytest.raises(error, match=words):
        grid_file.field(raw, variable)


def axes(**over: str) -> bytes:
    """``sst`` over three axes; an axis named in ``over`` is text, or stands over the dimension of another."""
    out = io.BytesIO()
    with netcdf_file(out, "w") as file:
        for name, size in (("time", 2), ("latitude", 3), ("longitude", 4)):
            file.createDimension(name, size)
        for name in ("time", "latitude", "longitude"):
            dim = over.get(name, name)
            axis = file.createVariable(name, *(("c", (name,)) if dim == "text" else ("d", (dim,))))
            axis[:] = b"x" if dim == "text" else np.arange(40.0, 40.0 + file.dimensions[dim])
            axis.units = "seconds since 1970-01-01T00:00:00Z" if name == "time" else "degrees"
        file.createVariable("sst", "d", ("time", "latitude", "longitude")).units = "degree_C"
        file.flush()
        return out.getvalue()


@pytest.mark.fault("P11")
@pytest.mark.parametrize(
    "over",
    [
        {name: dim}
        for name in ("time", "latitude", "longitude")
        for dim in ("text", "latitude", "time")
        if name != dim
    ],
)
def test_an_axis_of_text_or_over_another_dimension_is_refused(over):
    assert grid_file.field(axes(), "sst").shape == (2, 3, 4)
    with pytest.raises(BadFormat):
        grid_file.field(axes(**over), "sst")


# ---- files that are none, or lie -------------------------------------------------------------------------


@pytest.mark.fault("P13")
def test_hdf5_is_refused_by_its_first_bytes(samples):
    (path,) = (samples / "climate/nasa_power").glob("*.nc")
    with pytest.raises(UnsafeFile, match="NetCDF-3 only"):
        grid_file.read(path.read_bytes())


@pytest.mark.fault("P13")
@pytest.mark.parametrize("place", [0, 512, 1024, 2048, 4096, 32_768])
def test_hdf5_is_refused_behind_a_user_block(place):
    with pytest.raises(UnsafeFile):
        grid_file.read(b"CDF\x01".ljust(place, b"\0")[:place] + b"\x89HDF\r\n\x1a\n" + b"\0" * 99)


@pytest.mark.parametrize(
    ("raw", "error", "words"),
    [
        (b"", NotData, "empty"),
        (b"CDF\x05" + b"\0" * 99, BadFormat, "CDF-5"),
        (b"<html>closed</html>", BadFormat, "not a NetCDF-3 file"),
        (b"CDF\x01", BadFormat, "ends within its header"),
    ],
)
def test_other_files_are_refused(raw, error, words):
    with pytest.raises(error, match=words):
        grid_file.read(raw)


@pytest.mark.fault("P10")
def test_every_cut_is_a_bad_format():
    whole = made()
    assert grid_file.field(whole, "sst").size == 12
    for length in range(1, len(whole), 7):
        with pytest.raises(BadFormat):
            grid_file.field(whole[:length], "sst")


def test_declared_sizes_are_added_up_before_the_file_is_opened(samples):
    raw = (samples / "climate" / SST).read_bytes()
    values = 60 * 81 * 81 + 60 + 1 + 81 + 81
    grid_file.require_plain(raw, max_decoded=values * 8)
    with pytest.raises(TooLarge, match=f"declares {values * 8:,} bytes"):
        grid_file.require_plain(raw, max_decoded=values * 8 - 1)


@pytest.mark.fault("P12")
def test_a_dimension_without_end_is_too_large():
    raw = bytearray(made())
    place = raw.index(b"longitude") + 12
    assert struct.unpack_from(">I", raw, place) == (2,)
    struct.pack_into(">I", raw, place, 2**31 - 1)
    with pytest.raises(TooLarge):
        grid_file.read(bytes(raw))


def header(variables: list[tuple[bytes, int]], *, dimension: int, records: int = 0) -> bytes:
    """A header of float variables, each with its begin, over one dimension (0 = the record dimension)."""
    raw = b"CDF\x01" + struct.pack(">IIIIcxxxI", records, 10, 1, 1, b"x", dimension) + b"\0" * 8
    raw += struct.pack(">II", 11, len(variables))
    for name, begin in variables:
        raw += struct.pack(">I4sII", len(name), name, 1, 0) + b"\0" * 8
        raw += struct.pack(">III", 5, max(dimension, 1) * 4, begin)
    return raw


@pytest.mark.fault("P12")
def test_variables_over_the_same_bytes_are_refused():
    names = [f"v{number:02}".encode() for number in range(100)]
    size = len(header([(name, 0) for name in names], dimension=50))
    body = bytes(50 * 4 * 100)
    apart = header([(name, size + 200 * place) for place, name in enumerate(names)], dimension=50)
    assert len(grid_file.read(apart + body).data_vars) == 100
    with pytest.raises(BadFormat, match="over one another"):
        grid_file.read(header([(name, size) for name in names], dimension=50) + body)
    with pytest.raises(BadFormat, match="over one another"):
        grid_file.read(header([(b"v00", 0)], dimension=50) + body)


def test_records_are_counted_with_their_step():
    two = [(b"a", 92), (b"b", 96)]
    raw = header(two, dimension=0, records=3)
    raw = header([(b"a", len(raw)), (b"b", len(raw) + 4)], dimension=0, records=3)
    numbers = struct.pack(">6f", 1, 10, 2, 20, 3, 30)
    assert grid_file.read(raw + numbers)["b"].values.tolist() == [10, 20, 30]
    with pytest.raises(BadFormat, match="shorter"):
        grid_file.read(raw + numbers[:-4])
    with pytest.raises(TooLarge):
        grid_file.read(header([(b"a", len(raw))], dimension=0, records=2**32 - 1) + numbers)


def test_counts_of_the_header_have_a_limit():
    raw = bytearray(header([(b"a", 0)], dimension=5))
    struct.pack_into(">I", raw, 12, 65)
    with pytest.raises(TooLarge, match="65 entries"):
        grid_file.require_plain(bytes(raw))


@pytest.mark.fault("P11")
@pytest.mark.parametrize("seed", range(4))
def test_damage_is_told_as_an_error_of_ours_or_passes_as_numbers(seed):
    chance = random.Random(seed)
    whole = grid(
        "sst",
        np.full((31, 3, 2), 12.0),
        times=days(*map(np.datetime64.item, np.array(["2024-01-01", "2024-01-31"], "datetime64[D]"))),
        latitudes=Y,
        longitudes=X,
        units="degree_C",
        depth="zlev",
    )
    for _ in range(250):
        raw = bytearray(whole)
        for _ in range(chance.randint(1, 4)):
            raw[chance.randrange(4, len(raw))] = chance.randrange(256)
        try:
            field = grid_file.field(bytes(raw), "sst")
        except LoadError:
            continue
        assert field.dims[-2:] == ("latitude", "longitude")
