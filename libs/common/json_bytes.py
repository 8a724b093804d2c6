"""A model as JSON, in bytes, as it goes into tables and to Kafka."""

from pydantic import BaseModel


def json_bytes(model: BaseModel) -> bytes:
    """What `model_dump_json` says, encoded.

    It goes straight to the serializer that pydantic made for the class: the public way looks at a
    dozen options and decodes what is encoded again, which costs as much as the serializing itself.
    """
    return model.__pydantic_serializer__.to_json(model)
