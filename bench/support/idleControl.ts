/*
 * A process that does nothing but look how late its loop is: what the machine alone costs. Prints the 99.9th percentile in ms
 * when its standard input ends.
 */
import { monitorEventLoopDelay } from 'node:perf_hooks';

const delays = monitorEventLoopDelay({ resolution: 1 });
delays.enable();
process.stdin
  .on('end', () => {
    process.stdout.write(String(delays.percentile(99.9) / 1e6));
    process.exitCode = 0;
    delays.disable();
  })
  .resume();
