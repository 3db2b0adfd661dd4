"""Calls CloudWatch by boto3 at the endpoint given, in the protocol given; calls come on stdin, answers go to stdout, as JSON."""

import json
import sys

import boto3
from botocore import model
from botocore.config import Config
from botocore.exceptions import ClientError

endpoint, protocol = sys.argv[1:]
# botocore speaks several, and takes the first of its list.
known = getattr(model, "PRIORITY_ORDERED_SUPPORTED_PROTOCOLS", ())
model.PRIORITY_ORDERED_SUPPORTED_PROTOCOLS = (protocol, *known)
client = boto3.Session(aws_access_key_id="test", aws_secret_access_key="test", region_name="us-east-1").client(
    "cloudwatch", endpoint_url=endpoint, config=Config(retries={"max_attempts": 0}, parameter_validation=False)
)
spoken = getattr(client.meta.service_model, "resolved_protocol", client.meta.service_model.metadata["protocol"])


def call(operation, value):
    try:
        answer = getattr(client, operation)(**value)
    except ClientError as error:
        status = error.response["ResponseMetadata"]["HTTPStatusCode"]
        facts = {name: error.response["Error"].get(name) for name in ("Code", "Message")}
        return {"status": status, "error": facts, "class": type(error).__name__}
    about = answer.pop("ResponseMetadata")
    return {"status": about["HTTPStatusCode"], "answer": answer}


answers = [call(*one) for one in json.load(sys.stdin)]
print(json.dumps({"protocol": spoken, "answers": answers}, default=lambda time: time.timestamp()))
