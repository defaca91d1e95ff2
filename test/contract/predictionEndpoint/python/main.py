"""The Custom Vision SDK for Python against a prediction endpoint: one line of JSON for each check."""

import json
import os
import time
from datetime import datetime, timezone
from urllib.request import Request, urlopen

import requests
from azure.cognitiveservices.vision.customvision.prediction import CustomVisionPredictionClient
from azure.cognitiveservices.vision.customvision.prediction.models import (
    CustomVisionErrorException,
)
from checks import check, run_checks, same
from msrest.authentication import ApiKeyCredentials

SETTINGS = json.loads(os.environ["ENDPOINT"])
PROJECT = SETTINGS["projectId"]
NAME = SETTINGS["publishedName"]
DETECTION_PROJECT = SETTINGS["detectionProjectId"]

with open(SETTINGS["photoFile"], "rb") as photo_file:
    PHOTO = photo_file.read()


def client(key=SETTINGS["key"], header="Prediction-key", retries=0):
    credentials = ApiKeyCredentials(in_headers={header: key})
    made = CustomVisionPredictionClient(SETTINGS["endpoint"], credentials)
    made.config.retry_policy.retries = retries
    return made


def control(method, path, body):
    data = json.dumps(body).encode()
    headers = {"Content-Type": "application/json"}
    urlopen(Request(SETTINGS["endpoint"] + path, data, headers, method=method)).read()


def refusal(call):
    try:
        call()
    except CustomVisionErrorException as error:
        body = error.response.json()
        return error.response.status_code, getattr(error.error, "code", None), body
    raise AssertionError("was not refused")


@check("gets a classification with every field of its model")
def classification():
    answer = client().classify_image(PROJECT, NAME, PHOTO)
    same(answer.project, PROJECT)
    same(answer.iteration, SETTINGS["iterationId"])
    same(len(answer.id), 36)
    age = datetime.now(timezone.utc) - answer.created
    same(abs(age.total_seconds()) < 600, True)
    best = answer.predictions[0]
    same((best.tag_name, best.tag_type, best.bounding_box), ("red", "Regular", None))
    same(0.9 < best.probability <= 1, True)
    same(answer.predictions[-1].tag_type in ("Regular", "Negative"), True)


@check("gets the same from a file it streams and without storing it")
def streamed():
    with open(SETTINGS["photoFile"], "rb") as stream:
        stored = client().classify_image(PROJECT, NAME, stream, application="python check")
    unstored = client().classify_image_with_no_store(PROJECT, NAME, PHOTO)
    same(
        [each.probability for each in stored.predictions],
        [each.probability for each in unstored.predictions],
    )


@check("gets a photo behind an address scored")
def address():
    answer = client().classify_image_url_with_no_store(PROJECT, NAME, SETTINGS["photoUrl"])
    same(answer.predictions[0].tag_name, "red")
    return len(client().classify_image_url(PROJECT, NAME, SETTINGS["photoUrl"]).predictions)


@check("gets boxes from a detection project")
def detection():
    answer = client().detect_image(DETECTION_PROJECT, NAME, PHOTO)
    box = answer.predictions[0].bounding_box
    same((box.left, box.top, box.width, box.height), (0.25, 0.25, 0.5, 0.5))
    unstored = client().detect_image_with_no_store(DETECTION_PROJECT, NAME, PHOTO)
    same(len(unstored.predictions), len(answer.predictions))


@check("opens with the header of multi-service accounts as well")
def other_header():
    other = client(header="Ocp-Apim-Subscription-Key")
    same(other.classify_image(PROJECT, NAME, PHOTO).project, PROJECT)


@check("is told of a wrong key in the gateway's words")
def wrong_key():
    status, _, body = refusal(lambda: client("stale").classify_image(PROJECT, NAME, PHOTO))
    same((status, body["error"]["code"]), (401, "401"))


@check("is told of a name that nobody published by the service's code")
def unknown_name():
    status, code, _ = refusal(lambda: client().classify_image(PROJECT, "never", PHOTO))
    same((status, code), (404, "NotFoundIteration"))


@check("is told of a photo that is none by the service's code")
def no_photo():
    status, code, _ = refusal(lambda: client().classify_image(PROJECT, NAME, b"<html></html>"))
    same((status, code), (400, "BadRequestImageFormat"))


@check("is told of an address on another machine by the service's code")
def far_address():
    far = "http://192.0.2.7/photo.png"
    status, code, _ = refusal(lambda: client().classify_image_url(PROJECT, NAME, far))
    same((status, code), (400, "BadRequestImageUrl"))


@check("waits as long as a 429 asks in its header, and then gets its answer")
def throttled():
    control("POST", "/control/faults", {"name": "throttle", "count": 1, "retryAfterSeconds": 1})
    started = time.monotonic()
    answer = client(retries=2).classify_image(PROJECT, NAME, PHOTO)
    same(answer.predictions[0].tag_name, "red")
    same(time.monotonic() - started >= 1, True)


@check("gets an answer from requests with a file, as people write it")
def plain_requests():
    url = (
        f"{SETTINGS['endpoint']}/customvision/v3.0/Prediction/{PROJECT}"
        f"/classify/iterations/{NAME}/image"
    )
    headers = {"Prediction-Key": SETTINGS["key"]}
    form = requests.post(url, headers=headers, files={"imageData": ("a.png", PHOTO)}, timeout=30)
    raw_headers = {**headers, "Content-Type": "application/octet-stream"}
    raw = requests.post(url, headers=raw_headers, data=PHOTO, timeout=30)
    same((form.status_code, raw.status_code), (200, 200))
    same(form.json()["predictions"], raw.json()["predictions"])
    mixed = requests.post(url, headers=raw_headers, files={"imageData": PHOTO}, timeout=30)
    same((mixed.status_code, mixed.json()["code"]), (400, "BadRequestImageFormat"))


# One after the other: a fault ordered by one check must not meet another.
run_checks(parallel_count=1)
