"""Items as objects of pydantic models, and back.

A model says what an item is; what is stored is what pydantic's ``model_dump`` gives, its own
serializers and aliases included:

* numbers, strings, bytes, booleans, None, lists, maps as they are; a nested model is a map;
* a set or frozenset is a string, number or binary set; a tuple is a list;
* an Enum is its value; a datetime or time is its ISO text to the microsecond, so that times of one
  offset are in order; UUID, date, timedelta, paths, addresses and whatever else pydantic writes
  into JSON as a text is that text.

What would not come back equal is refused, by the name of its field. Here alone pydantic is
imported, when the first model is given.
"""

import os
from collections.abc import Mapping
from datetime import datetime, time
from decimal import Decimal
from enum import Enum
from functools import cached_property, lru_cache
from types import UnionType
from typing import (
    TYPE_CHECKING,
    Annotated,
    Any,
    Final,
    Generic,
    Literal,
    TypeVar,
    Union,
    get_args,
    get_origin,
)

from pydantic import BaseModel, ValidationError
from pydantic_core import PydanticSerializationError, to_jsonable_python

from ddblite.api.python.plain_values import plain, plain_set
from ddblite.schema.errors import (
    FloatRefused,
    ModelMismatch,
    UnsupportedType,
    ValidationException,
)
from ddblite.schema.limits import NESTING_DEPTH_MAX
from ddblite.schema.value_faults import shown
from ddblite.schema.values import Item, Value, ValueSet

if TYPE_CHECKING:
    from collections.abc import Iterable

Model = TypeVar("Model", bound=BaseModel)

STORED_AS_THEY_ARE: Final = (str, bytes, bool, int, Decimal, type(None))
EMPTY_SET: Final = (
    "an empty set, which DynamoDB has not; a field whose default is an empty set is left out"
)


class Converter(Generic[Model]):
    """What one model needs to become an item, and an item to become it."""

    def __init__(self, model: type[Model]) -> None:
        kind: object = model
        if not (isinstance(kind, type) and issubclass(kind, BaseModel)):
            raise UnsupportedType(f"A model is a class of pydantic's BaseModel, not {shown(model)}")
        self.model = model

    @cached_property
    def computed(self) -> frozenset[str]:
        """The attributes that the model computes: stored, and not given to it when it is made."""
        fields = self.model.model_computed_fields
        return frozenset(field.alias or name for name, field in fields.items())

    @cached_property
    def empty_by_default(self) -> frozenset[str]:
        """The attributes that are left out when they are empty sets, as they are by default."""
        return frozenset(
            field.serialization_alias or field.alias or name
            for name, field in self.model.model_fields.items()
            if is_empty_set(field.get_default(call_default_factory=True, validated_data={}))
        )

    def item_of(self, given: object) -> Item:
        """Returns the item of an object, or raises what of it cannot be stored, and where."""
        if not isinstance(given, self.model):
            raise UnsupportedType(f"This table takes {self.model.__name__}, not {shown(given)}")
        item: Item = {}
        for name, value in given.model_dump(by_alias=True).items():
            if not (name in self.empty_by_default and is_empty_set(value)):
                item[name] = stored(value, f"{self.model.__name__}.{name}", 1)
        return item

    def object_of(self, item: Item, key_names: tuple[str, ...], table: str) -> Model:
        """Returns the object of an item, or raises ModelMismatch with its key and fields."""
        values = {
            name: given_back(value) for name, value in item.items() if name not in self.computed
        }
        try:
            return self.model.model_validate(values, strict=False)
        except ValidationError as error:
            key = {name: item[name] for name in key_names if name in item}
            raise ModelMismatch(
                f"The item {shown(key)} of {table} is no {self.model.__name__}: {told(error)}",
                key=key,
            ) from error

    def kind_of(self, attribute: str) -> str:
        """Returns the type of a key attribute, ``S``, ``N`` or ``B``, by the model's annotation."""
        for name, field in self.model.model_fields.items():
            if attribute in (field.serialization_alias, field.alias, name):
                return kind_of_type(field.annotation, f"{self.model.__name__}.{name}")
        for name, computed in self.model.model_computed_fields.items():
            if attribute in (computed.alias, name):
                return kind_of_type(computed.return_type, f"{self.model.__name__}.{name}")
        raise ValidationException(f"{self.model.__name__} has no field {attribute}")


def is_empty_set(value: object) -> bool:
    """Whether a value is a set without members."""
    return isinstance(value, set | frozenset) and not value


@lru_cache(maxsize=256)
def converter_of(model: type[Model]) -> Converter[Model]:
    """Returns the converter of a model, which is made once."""
    return Converter(model)


def told(error: ValidationError) -> str:
    """Returns the faults of a validation on one line, each with where it is."""
    return "; ".join(
        f"{'.'.join(map(str, fault['loc'])) or 'the whole'}: {fault['msg']}"
        for fault in error.errors(include_url=False, include_context=False, include_input=False)
    )


# objects to items


def stored(value: Any, where: str, depth: int) -> Value:  # noqa: ANN401 - whatever a model has
    """Returns one value as it is stored; ``where`` names its field when it cannot be."""
    if depth > NESTING_DEPTH_MAX:
        raise ValidationException(f"{where} is nested too deeply: {NESTING_DEPTH_MAX} levels")
    if isinstance(value, Enum):
        return stored(value.value, where, depth)
    if isinstance(value, Mapping):
        return {
            key_text(name, where): stored(element, f"{where}.{name}", depth + 1)
            for name, element in value.items()
        }
    if isinstance(value, list | tuple):
        return [
            stored(element, f"{where}[{position}]", depth + 1)
            for position, element in enumerate(value)
        ]
    if isinstance(value, set | frozenset):
        return stored_set(value, where, depth)
    if isinstance(value, float):
        raise FloatRefused(f"{where} is a float, {value!r}, which DynamoDB cannot hold exactly: "
                           "use Decimal")  # fmt: skip
    if not isinstance(value, STORED_AS_THEY_ARE):
        value = text_of(value, where)
    return checked(value, where, depth)


def checked(value: object, where: str, depth: int) -> Value:
    """Returns a value of the engine's types, or raises what is wrong with it, and where."""
    try:
        return plain(value, depth)
    except ValidationException as fault:
        raise type(fault)(f"{where}: {fault.message}") from None


def stored_set(members: "Iterable[Any]", where: str, depth: int) -> Value:
    """Returns a set; its members are texts, numbers or byte strings, all of one kind."""
    converted = [stored(member, where, depth) for member in members]
    if not converted:
        raise ValidationException(f"{where} is {EMPTY_SET}")
    try:
        return checked(plain_set(members, converted), where, depth)
    except UnsupportedType:
        raise UnsupportedType(
            f"{where} is a set of {shown(members)}: a set holds texts, numbers or byte strings,"
            " and one kind of them"
        ) from None


def text_of(value: object, where: str) -> str:
    """Returns the text that stands for a value."""
    if isinstance(value, datetime | time):
        return value.isoformat(timespec="microseconds")
    if isinstance(value, os.PathLike):
        return os.fsdecode(value)
    try:
        text = to_jsonable_python(value)
    except PydanticSerializationError:
        text = None
    if not isinstance(text, str):
        raise UnsupportedType(f"{where} is {shown(value)}, and {type(value).__name__} has no type"
                              " in DynamoDB")  # fmt: skip
    return text


def key_text(name: object, where: str) -> str:
    """Returns the name of a map's entry."""
    name = name.value if isinstance(name, Enum) else name
    if isinstance(name, float):
        raise FloatRefused(f"{where} has {name!r}, a float, as a name: use Decimal")
    return name if isinstance(name, str) else str(next(iter(to_jsonable_python({name: None}))))


# items to objects


def given_back(value: Value) -> Any:  # noqa: ANN401 - what pydantic takes
    """Returns a stored value as pydantic takes it: sets of ours are sets of Python's."""
    if isinstance(value, ValueSet):
        return set(value)
    if isinstance(value, dict):
        return {name: given_back(element) for name, element in value.items()}
    if isinstance(value, list):
        return [given_back(element) for element in value]
    return value


# keys


def kind_of_type(annotation: Any, where: str) -> str:  # noqa: ANN401 - any annotation
    """Returns the type of a key attribute whose values are annotated so."""
    kinds = {kind_of_class(kind, where) for kind in classes_of(annotation)}
    if len(kinds) != 1:
        name = where.rpartition(".")[2]
        raise ValidationException(f"{where} is of several types: give one, as in ({name!r}, 'S')")
    return kinds.pop()


def classes_of(annotation: Any) -> "Iterable[Any]":  # noqa: ANN401 - any annotation
    """Yields the classes that an annotation stands for; None is no key's value."""
    origin = get_origin(annotation)
    if origin in (Union, UnionType):
        for argument in get_args(annotation):
            yield from classes_of(argument)
    elif origin is Literal:
        yield from map(type, get_args(annotation))
    elif origin is Annotated:
        yield from classes_of(get_args(annotation)[0])
    elif annotation is not type(None):
        yield origin or annotation


def kind_of_class(kind: Any, where: str) -> str:  # noqa: ANN401 - any annotation
    """Returns the type of a key attribute with values of a class; most are stored as texts."""
    if not isinstance(kind, type):
        return "S"
    if issubclass(kind, Enum):
        return kind_of_type(type(next(iter(kind)).value), where)
    if issubclass(kind, bytes):
        return "B"
    if issubclass(kind, int | Decimal) and not issubclass(kind, bool):
        return "N"
    if issubclass(kind, float | bool | Mapping | list | set | frozenset | tuple | BaseModel):
        raise ValidationException(f"{where} is a {kind.__name__}, which cannot be a key")
    return "S"
