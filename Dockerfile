# syntax=docker/dockerfile:1
# An image for a classroom: the course with PyTorch's small CPU build, for JupyterHub or for one learner.
#   docker build -t pconv-edu .
#   docker run --rm -p 8888:8888 -v my_course:/home/jovyan/my_course pconv-edu
# With JupyterHub, HUB is the version of the hub: docker build --build-arg HUB=6.1.1 -t pconv-edu .
FROM python:3.13-slim AS build
WORKDIR /course
COPY . .
RUN pip wheel --no-cache-dir --no-deps --wheel-dir /wheels .

FROM python:3.13-slim
ARG HUB=6.1.1
ENV PIP_NO_CACHE_DIR=1 PYTHONUNBUFFERED=1
COPY constraints.txt /opt/constraints.txt
RUN pip install -c /opt/constraints.txt torch --index-url https://download.pytorch.org/whl/cpu
RUN --mount=type=bind,from=build,source=/wheels,target=/wheels \
    pip install -c /opt/constraints.txt "$(ls /wheels/*.whl)[lab]" "jupyterhub==$HUB"

# JupyterHub starts the server with its own command, so the lessons are copied and JupyterLab is configured here.
ENV JUPYTER_CONFIG_PATH=/usr/local/lib/python3.13/site-packages/pconv_edu/lessons/jupyter_config
COPY --chmod=755 <<'SCRIPT' /usr/local/bin/with-lessons
#!/bin/sh
set -e
pconv-edu lab --only-copy
exec "$@"
SCRIPT
# The user and the home folder have the names that JupyterHub on Kubernetes expects.
RUN useradd --create-home --uid 1000 jovyan
USER jovyan
WORKDIR /home/jovyan
RUN mkdir my_course
EXPOSE 8888
ENTRYPOINT ["with-lessons"]
CMD ["pconv-edu", "lab", "--no-browser", "--ip=0.0.0.0"]
