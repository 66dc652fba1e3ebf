# Reads layers.csv of `sushisim run`: how fast the layers of SubNet A run with nothing cached, and what they wait for.
#   awk -F, -f docs/tutorial/weights.awk DIR/layers.csv
# One line each for 1x1 layers on maps of three sizes and the classifier, then the sum of all layers.
BEGIN { print " map  MACs/byte  bytes/cycle  GMAC/s  waiting %  layer" }
NR == 1 { for (i = 1; i <= NF; ++i) column[$i] = i }
NR > 1 && $column["subnet"] == "A" && $column["cached_subgraph"] == "empty" {
  cycles = $column["cycles"]
  waiting = $column["wait_weights_cycles"]
  bytes = $column["weights_bytes"]
  macs = $column["useful_macs"]
  name = $column["name"]
  all_cycles += cycles
  all_waiting += waiting
  if (name ~ /stage[234].block1.conv1|classifier/)
    printf "%4d  %9.0f  %11.1f  %6.1f  %9.1f  %s\n", $column["in_h"], macs / bytes, bytes / cycles,
           macs / cycles / 10, 100 * waiting / cycles, name
}
END { printf "All layers: waiting for weights in %d of %d cycles, %.1f %%\n", all_waiting, all_cycles,
             100 * all_waiting / all_cycles }
