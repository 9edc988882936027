// Makes lseek calls for a trace to show. None can have an effect: what it has open are pipes and /dev/null.
//
// Its arguments are the calls, three hex registers each: `ffffffffffffffff,0,1`. For every line of input it makes them
// all, in order, and answers with its CPU: the first that it may run on, and it stays there.

#define _GNU_SOURCE
#include <sched.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <unistd.h>

static void stay_on_one_cpu(void) {
  cpu_set_t allowed, first;
  CPU_ZERO(&first);
  if (sched_getaffinity(0, sizeof allowed, &allowed) != 0) return;
  for (int cpu = 0; cpu < CPU_SETSIZE; cpu++) {
    if (!CPU_ISSET(cpu, &allowed)) continue;
    CPU_SET(cpu, &first);
    break;
  }
  sched_setaffinity(0, sizeof first, &first);
}

int main(int count, char **calls) {
  char line[16];
  stay_on_one_cpu();
  setvbuf(stdout, NULL, _IOLBF, 0);
  while (fgets(line, sizeof line, stdin)) {
    for (int i = 1; i < count; i++) {
      unsigned long fd, offset, whence;
      if (sscanf(calls[i], "%lx,%lx,%lx", &fd, &offset, &whence) != 3) return 2;
      syscall(SYS_lseek, fd, offset, whence);
    }
    printf("%d\n", sched_getcpu());
  }
  return 0;
}
