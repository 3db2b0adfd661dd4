"""Calls AWS at the endpoint given by boto3, as told on standard input line by line; answers a line of JSON each.

A line is {"service", "operation", "parameters"}; bytes are {"$base64": …}. With "unknown": [operations] instead of an
operation, all others of the service's model are called with the least that they take."""

import base64
import json
import sys

import boto3
from botocore import xform_name
from botocore.config import Config
from botocore.exceptions import ClientError

session = boto3.Session(aws_access_key_id="test", aws_secret_access_key="test", region_name="us-east-1")
clients = {}


def client_of(name):
    if name not in clients:
        config = Config(
            retries={"max_attempts": 0}, s3={"addressing_style": "path"}, inject_host_prefix=False, parameter_validation=True
        )
        clients[name] = session.client(name, endpoint_url=sys.argv[1], config=config)
    return clients[name]


def with_bytes(value):
    if isinstance(value, dict):
        if "$base64" in value:
            return base64.b64decode(value["$base64"])
        return {key: with_bytes(inner) for key, inner in value.items()}
    return [with_bytes(inner) for inner in value] if isinstance(value, list) else value


def to_json(value):
    if hasattr(value, "read"):
        return value.read().decode("latin-1")
    if hasattr(value, "close") and hasattr(value, "__iter__"):
        first = next(iter(value))
        value.close()
        return first
    return value.decode("latin-1") if isinstance(value, bytes) else str(value)


def call(service, operation, parameters):
    try:
        answer = getattr(client_of(service), xform_name(operation))(**with_bytes(parameters))
        answer.pop("ResponseMetadata")
        return {"answer": answer}
    except ClientError as error:
        status = error.response["ResponseMetadata"]["HTTPStatusCode"]
        return {"error": {"status": status, **error.response["Error"]}}
    except Exception as error:
        return {"failure": f"{type(error).__name__}: {error}"}


def least(shape, depth=0):
    kind = shape.type_name
    if kind == "structure":
        return {name: least(shape.members[name], depth + 1) for name in shape.required_members}
    if kind == "list":
        return [least(shape.member, depth + 1) for _ in range(shape.metadata.get("min", 0))]
    if kind == "map":
        return {}
    if kind == "string":
        return shape.enum[0] if getattr(shape, "enum", None) else "x" * max(shape.metadata.get("min", 1), 4)
    if kind == "blob":
        return b"x"
    if kind == "boolean":
        return True
    if kind == "timestamp":
        return 1
    return shape.metadata.get("min", 1)


def unknown(service, known):
    model = client_of(service).meta.service_model
    answers = {}
    for name in model.operation_names:
        if name in known:
            continue
        shape = model.operation_model(name).input_shape
        answers[name] = call(service, name, least(shape) if shape else {})
    return answers


for line in sys.stdin:
    asked = json.loads(line)
    if "unknown" in asked:
        answer = unknown(asked["service"], asked["unknown"])
    else:
        answer = call(asked["service"], asked["operation"], asked["parameters"])
    print(json.dumps(answer, default=to_json), flush=True)
