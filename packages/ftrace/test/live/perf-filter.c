// Sets filters on perf events: PERF_EVENT_IOC_SET_FILTER, and what it answers.
//
// A line of input is a tracepoint's id and the filter's bytes in hex, `782 646664203d3d2033`; the line of output is the
// errno, 0 where the filter was accepted. Each filter has an event of its own, since a second one on the same event is
// EEXIST. The events are this process's own and stay disabled; all of them end with it, however it ends.

#define _GNU_SOURCE
#include <errno.h>
#include <linux/perf_event.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

static int open_event(unsigned long long id) {
  struct perf_event_attr attr = {
      .type = PERF_TYPE_TRACEPOINT, .size = sizeof attr, .config = id, .sample_period = 1, .disabled = 1};
  int event = (int)syscall(SYS_perf_event_open, &attr, 0, -1, -1, PERF_FLAG_FD_CLOEXEC);
  if (event >= 0) return event;
  fprintf(stderr, "perf_event_open of tracepoint %llu: %s\n", id, strerror(errno));
  exit(1);
}

// The first event of a tracepoint makes the kernel attach to it, the last makes it detach, and both wait for all CPUs:
// so one of each is kept.
static void keep_attached(unsigned long long id) {
  static unsigned char kept[1 << 16];
  if (id < sizeof kept && !kept[id]) {
    kept[id] = 1;
    open_event(id);
  }
}

// In place, with a NUL behind it.
static void decode(char *hex) {
  char *out = hex;
  unsigned byte;
  for (; sscanf(hex, "%2x", &byte) == 1; hex += 2) *out++ = (char)byte;
  *out = 0;
}

int main(void) {
  char *line = NULL;
  size_t capacity = 0;
  setvbuf(stdout, NULL, _IOLBF, 0);
  while (getline(&line, &capacity, stdin) > 0) {
    char *text;
    unsigned long long id = strtoull(line, &text, 10);
    text += *text == ' ';
    decode(text);
    keep_attached(id);
    int event = open_event(id);
    printf("%d\n", ioctl(event, PERF_EVENT_IOC_SET_FILTER, text) == 0 ? 0 : errno);
    close(event);
  }
  return 0;
}
