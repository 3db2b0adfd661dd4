"""Calls what IAM has for roles and policies at the endpoint given, call by call; prints what came of each as JSON."""

import json
import sys

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

endpoint = sys.argv[1]
session = boto3.Session(aws_access_key_id="test", aws_secret_access_key="test", region_name="us-east-1")


def client(name):
    return session.client(name, endpoint_url=endpoint, config=Config(retries={"max_attempts": 0}))


iam = client("iam")
account = client("sts").get_caller_identity()["Account"]
facts = {}


def flat(value, path, found):
    if isinstance(value, dict):
        for key, item in value.items():
            flat(item, f"{path}.{key}", found)
    elif isinstance(value, list):
        found[f"{path}.length"] = len(value)
        for index, item in enumerate(value):
            flat(item, f"{path}.{index}", found)
    else:
        found[path] = str(value).replace(account, "ACCOUNT")


def call(what, operation, **parameters):
    try:
        answer = getattr(iam, operation)(**parameters)
        answer.pop("ResponseMetadata")
        flat(answer, f"{what}: answer", facts)
    except ClientError as error:
        flat(error.response["Error"], f"{what}: error", facts)


def document(*statements):
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def allow(action, resource="*"):
    return {"Effect": "Allow", "Action": action, "Resource": resource}


trust = document(
    {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
)
arn = f"arn:aws:iam::{account}:policy/teams/own"
aws = "arn:aws:iam::aws:policy/service-role/AWSLambdaSQSQueueExecutionRole"
policy = {"PolicyArn": arn}

call("create a role", "create_role", RoleName="r", AssumeRolePolicyDocument=trust)
call("put a policy", "put_role_policy", RoleName="r", PolicyName="p", PolicyDocument=document(allow("sqs:*")))
call("get it", "get_role_policy", RoleName="r", PolicyName="p")
call("list them", "list_role_policies", RoleName="r")
for name, bad in {
    "no action": {"Effect": "Allow", "Resource": "*"},
    "no resource": {"Effect": "Allow", "Action": "sqs:*"},
    "no vendor": allow("SendMessage"),
    "two colons": allow("sqs:Send:Message"),
    "no effect": {"Action": "sqs:*", "Resource": "*"},
    "no ARN": allow("sqs:*", "queue"),
    "an unknown element": {**allow("sqs:*"), "Color": "red"},
}.items():
    call(f"refuse {name}", "put_role_policy", RoleName="r", PolicyName="bad", PolicyDocument=document(bad))
call(
    "create a policy",
    "create_policy",
    PolicyName="own",
    Path="/teams/",
    Description="d",
    PolicyDocument=document(allow("sns:*")),
)
call("create it again", "create_policy", PolicyName="own", Path="/teams/", PolicyDocument=document(allow("sns:*")))
call("get a policy", "get_policy", **policy)
call("get a version", "get_policy_version", **policy, VersionId="v1")
call("get no version", "get_policy_version", **policy, VersionId="v9")
call("create a version", "create_policy_version", **policy, PolicyDocument=document(allow("s3:*")), SetAsDefault=True)
call("list versions", "list_policy_versions", **policy)
call("delete the default", "delete_policy_version", **policy, VersionId="v2")
call("set the default", "set_default_policy_version", **policy, VersionId="v1")
call("delete a version", "delete_policy_version", **policy, VersionId="v2")
call("attach a policy", "attach_role_policy", RoleName="r", **policy)
call("attach AWS's", "attach_role_policy", RoleName="r", PolicyArn=aws)
call("attach nothing", "attach_role_policy", RoleName="r", PolicyArn=f"arn:aws:iam::{account}:policy/none")
call("list attached", "list_attached_role_policies", RoleName="r")
call("list attached policies", "list_policies", Scope="Local", OnlyAttached=True)
call("bound a role", "put_role_permissions_boundary", RoleName="r", PermissionsBoundary=arn)
call("see the boundary", "get_role", RoleName="r")
call("unbound a role", "delete_role_permissions_boundary", RoleName="r")
call("delete an attached policy", "delete_policy", **policy)
call("detach a policy", "detach_role_policy", RoleName="r", **policy)
call("detach it again", "detach_role_policy", RoleName="r", **policy)
call("delete a policy", "delete_policy", **policy)
call("get no policy", "get_policy", **policy)
call("get AWS's", "get_policy_version", PolicyArn=aws, VersionId="v1")

for name in sys.argv[2:]:
    found = iam.get_policy(PolicyArn=name)["Policy"]
    version = iam.get_policy_version(PolicyArn=name, VersionId=found["DefaultVersionId"])
    facts[f"document of {name}"] = json.dumps(version["PolicyVersion"]["Document"])

print(json.dumps(facts))
