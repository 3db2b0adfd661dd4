"""Calls the control plane of Lambda at the endpoint given, call by call; prints what came of each as JSON."""

import io
import json
import sys
import zipfile

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

endpoint, needs_role = sys.argv[1], sys.argv[2] == "role"
session = boto3.Session(aws_access_key_id="test", aws_secret_access_key="test", region_name="us-east-1")


def client(name):
    return session.client(
        name, endpoint_url=endpoint, config=Config(retries={"max_attempts": 0}, s3={"addressing_style": "path"})
    )


awslambda = client("lambda")
account = client("sts").get_caller_identity()["Account"]
role = f"arn:aws:iam::{account}:role/r"
arn = f"arn:aws:lambda:us-east-1:{account}:function:fn"
if needs_role:
    client("iam").create_role(RoleName="r", AssumeRolePolicyDocument="{}")


def package(text):
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        archive.writestr(zipfile.ZipInfo("app.py"), f"def handler(event, context):\n    return '{text}'\n")
    return data.getvalue()


s3 = client("s3")
s3.create_bucket(Bucket="code")
s3.put_object(Bucket="code", Key="app.zip", Body=package("from s3"))

fn = {"FunctionName": "fn"}
basics = {"Runtime": "python3.12", "Role": role, "Handler": "app.handler"}
permission = {**fn, "StatementId": "s", "Action": "lambda:InvokeFunction", "Principal": "s3.amazonaws.com"}
queue = f"arn:aws:sqs:us-east-1:{account}:q"
client("sqs").create_queue(QueueName="q")

calls = [
    ("list none", "list_functions", {}),
    (
        "create",
        "create_function",
        {
            **fn,
            **basics,
            "Code": {"ZipFile": package("first")},
            "Description": "d",
            "Timeout": 10,
            "MemorySize": 256,
            "Environment": {"Variables": {"KEY": "value"}},
            "DeadLetterConfig": {"TargetArn": queue},
            "Tags": {"a": "b"},
        },
    ),
    ("create again", "create_function", {**fn, **basics, "Code": {"ZipFile": package("first")}}),
    ("get", "get_function", fn),
    ("get by ARN", "get_function", {"FunctionName": arn}),
    ("get nobody", "get_function", {"FunctionName": "nobody"}),
    ("get a version that is not there", "get_function", {**fn, "Qualifier": "7"}),
    ("get configuration", "get_function_configuration", fn),
    ("list", "list_functions", {}),
    ("update configuration", "update_function_configuration", {**fn, "Timeout": 20, "Description": "e"}),
    ("update code", "update_function_code", {**fn, "ZipFile": package("second")}),
    ("update code from S3", "update_function_code", {**fn, "S3Bucket": "code", "S3Key": "app.zip"}),
    ("update code from no object", "update_function_code", {**fn, "S3Bucket": "code", "S3Key": "no"}),
    ("publish", "publish_version", {**fn, "Description": "one"}),
    ("publish unchanged", "publish_version", fn),
    ("list versions", "list_versions_by_function", fn),
    ("create an alias", "create_alias", {**fn, "Name": "live", "FunctionVersion": "1", "Description": "a"}),
    ("create it again", "create_alias", {**fn, "Name": "live", "FunctionVersion": "1"}),
    ("get an alias", "get_alias", {**fn, "Name": "live"}),
    ("get no alias", "get_alias", {**fn, "Name": "nope"}),
    ("get by alias", "get_function_configuration", {**fn, "Qualifier": "live"}),
    ("update an alias", "update_alias", {**fn, "Name": "live", "Description": "b"}),
    ("list aliases", "list_aliases", fn),
    ("put concurrency", "put_function_concurrency", {**fn, "ReservedConcurrentExecutions": 3}),
    ("get concurrency", "get_function_concurrency", fn),
    ("see it with the function", "get_function", fn),
    ("delete concurrency", "delete_function_concurrency", fn),
    ("get no concurrency", "get_function_concurrency", fn),
    ("get no config", "get_function_event_invoke_config", fn),
    (
        "put a config",
        "put_function_event_invoke_config",
        {**fn, "MaximumRetryAttempts": 1, "DestinationConfig": {"OnFailure": {"Destination": queue}}},
    ),
    ("get a config", "get_function_event_invoke_config", fn),
    ("update a config", "update_function_event_invoke_config", {**fn, "MaximumEventAgeInSeconds": 100}),
    ("list configs", "list_function_event_invoke_configs", fn),
    ("delete a config", "delete_function_event_invoke_config", fn),
    ("put a config of nobody", "put_function_event_invoke_config", {"FunctionName": "no", "MaximumRetryAttempts": 1}),
    ("get no policy", "get_policy", fn),
    ("add a permission", "add_permission", {**permission, "SourceArn": "arn:aws:s3:::b", "SourceAccount": account}),
    ("add it again", "add_permission", permission),
    ("add one of an account", "add_permission", {**permission, "StatementId": "t", "Principal": "111111111111"}),
    ("add one to nobody", "add_permission", {**permission, "FunctionName": "no"}),
    ("get a policy", "get_policy", fn),
    ("remove a permission", "remove_permission", {**fn, "StatementId": "s"}),
    ("remove it again", "remove_permission", {**fn, "StatementId": "s"}),
    ("list tags", "list_tags", {"Resource": arn}),
    ("tag", "tag_resource", {"Resource": arn, "Tags": {"c": "d"}}),
    ("untag", "untag_resource", {"Resource": arn, "TagKeys": ["a"]}),
    ("see the other tag", "list_tags", {"Resource": arn}),
    ("tag nobody", "tag_resource", {"Resource": arn + "x", "Tags": {"c": "d"}}),
    ("list event source mappings", "list_event_source_mappings", {}),
    ("invoke by the deprecated path", "invoke_async", {**fn, "InvokeArgs": b"{}"}),
    ("delete an alias", "delete_alias", {**fn, "Name": "live"}),
    ("delete a version", "delete_function", {**fn, "Qualifier": "1"}),
    ("delete", "delete_function", fn),
    ("delete nobody", "delete_function", fn),
]

answers = {}
for name, operation, parameters in calls:
    try:
        answer = getattr(awslambda, operation)(**parameters)
        status = answer.pop("ResponseMetadata")["HTTPStatusCode"]
        for key in ("Policy", "Statement"):
            if key in answer:
                answer[key] = json.loads(answer[key])
        answers[name] = {"status": status, "answer": answer}
    except ClientError as error:
        status = error.response["ResponseMetadata"]["HTTPStatusCode"]
        answers[name] = {"status": status, "error": error.response["Error"]}
    except Exception as error:
        answers[name] = {"failure": type(error).__name__}
print(json.dumps(answers, default=lambda value: "<time>").replace(account, "ACCOUNT"))
