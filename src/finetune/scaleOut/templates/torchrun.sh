#!/usr/bin/env bash
# On one machine: launch/torchrun.sh
# On several, on each: NNODES=2 NODE_RANK=0 MASTER_ADDR=first-machine launch/torchrun.sh (NODE_RANK=1 on the second, …)
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
exec torchrun \
  --nnodes "${NNODES:-FILL_nodes}" \
  --nproc_per_node "${GPUS_PER_NODE:-FILL_perNode}" \
  --node_rank "${NODE_RANK:-0}" \
  --master_addr "${MASTER_ADDR:-127.0.0.1}" \
  --master_port "${MASTER_PORT:-29500}" \
  train.py "$@"
