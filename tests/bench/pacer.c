/*
 * Sends HTTP requests at a steady rate, whether the former ones are answered or not, over connections that are kept:
 * light enough that the service is what is measured.
 *
 * usage: pacer PORT RATE COUNT < requests        (each: its length in decimal, a newline, its bytes)
 *
 * Sixteen "M" in a request become the moment at which it was due (microseconds of the monotonic clock), sixteen "N" its
 * number. At the end it prints, in seconds: how long everything took; after how long, from the moment that it was due,
 * half of the answers had come, 99 of a hundred, and the last; then how many requests were due at the worst moment
 * while no connection was free; then the codes and how many answers had each:
 *
 *     60.012 0.0123 0.0456 0.0789 0 0=60000
 *
 * The code is the envelope's errorCode, or the negative HTTP status where there is none.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { CONNECTIONS = 512, ANSWER = 1 << 16, READY = 64, SILENCE = 30, CODES = 64, MARK = 16 };

typedef struct {
    int fd;
    double due;
    size_t held;
    char answer[ANSWER + 1];
} Connection;

typedef struct {
    char *bytes;
    size_t size;
} Request;

static struct {
    long code, count;
} codes[CODES];

static void fail(const char *why) {
    perror(why);
    exit(1);
}

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec + t.tv_nsec / 1e9;
}

static void mark(Request *request, char letter, long value) {
    char place[MARK + 1] = {0}, digits[MARK + 1];
    memset(place, letter, MARK);
    char *at = memmem(request->bytes, request->size, place, MARK);
    if (at) {
        snprintf(digits, sizeof digits, "%016ld", value);
        memcpy(at, digits, MARK);
    }
}

static void count_code(long code) {
    for (int i = 0; i < CODES; i++)
        if (!codes[i].count || codes[i].code == code) {
            codes[i].code = code;
            codes[i].count++;
            return;
        }
}

/* Takes what has come; says whether the answer is whole. */
static int receive(Connection *one) {
    ssize_t came = recv(one->fd, one->answer + one->held, ANSWER - one->held, 0);
    if (came <= 0)
        fail("the server closed a connection, or its answer is too long");
    one->held += (size_t)came;
    one->answer[one->held] = 0;
    char *end = strstr(one->answer, "\r\n\r\n");
    if (!end)
        return 0;
    char *length = strcasestr(one->answer, "content-length:");
    if (!length || length > end)
        fail("an answer does not say how long it is");
    if (one->held < (size_t)(end + 4 - one->answer) + strtoul(length + 15, NULL, 10))
        return 0;
    char *code = strstr(end, "\"errorCode\":");
    count_code(code ? strtol(code + 12, NULL, 10) : -strtol(one->answer + 9, NULL, 10));
    one->held = 0;
    return 1;
}

static int by_size(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

int main(int argc, char **argv) {
    if (argc != 4)
        return 2;
    struct sockaddr_in server = {.sin_family = AF_INET, .sin_port = htons((unsigned short)atoi(argv[1]))};
    server.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    double rate = atof(argv[2]);
    long total = atol(argv[3]), planned = 0, sent = 0, answered = 0, most_waiting = 0;
    Request *requests = calloc((size_t)total, sizeof *requests);
    double *times = calloc((size_t)total, sizeof *times);
    for (long i = 0; i < total; i++) {
        if (scanf("%zu", &requests[i].size) != 1 || getchar() != '\n')
            fail("the requests cannot be read");
        requests[i].bytes = malloc(requests[i].size);
        if (fread(requests[i].bytes, 1, requests[i].size, stdin) != requests[i].size)
            fail("the requests end too early");
    }

    int events = epoll_create1(0), on = 1;
    long idle = 0, used = 0; /* a ring: each waits as long as the others, none until the service closes it */
    static Connection all[CONNECTIONS], *unused[CONNECTIONS];
    for (; idle < CONNECTIONS; idle++) {
        Connection *one = unused[idle] = &all[idle];
        one->fd = socket(AF_INET, SOCK_STREAM, 0);
        if (connect(one->fd, (struct sockaddr *)&server, sizeof server))
            fail("connect");
        setsockopt(one->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        struct epoll_event event = {.events = EPOLLIN, .data.ptr = one};
        epoll_ctl(events, EPOLL_CTL_ADD, one->fd, &event);
    }

    double began = now(), heard = began;
    while (answered < total) {
        double moment = now();
        while (planned < total && began + planned / rate <= moment)
            planned++;
        while (sent < planned && used < idle) {
            Connection *one = unused[used++ % CONNECTIONS];
            Request *request = &requests[sent];
            one->due = began + sent / rate;
            mark(request, 'N', sent);
            mark(request, 'M', (long)(one->due * 1e6));
            if (send(one->fd, request->bytes, request->size, MSG_NOSIGNAL) != (ssize_t)request->size)
                fail("send");
            sent++;
        }
        if (planned - sent > most_waiting)
            most_waiting = planned - sent;
        double pause = planned < total ? began + planned / rate - now() : 0.05;
        struct timespec wait = {0, pause > 0 ? (long)((pause < 0.05 ? pause : 0.05) * 1e9) : 0};
        struct epoll_event ready[READY];
        int found = epoll_pwait2(events, ready, READY, &wait, NULL);
        moment = now();
        for (int i = 0; i < found; i++) {
            Connection *one = ready[i].data.ptr;
            if (receive(one)) {
                times[answered++] = moment - one->due;
                unused[idle++ % CONNECTIONS] = one;
            }
        }
        if (found > 0)
            heard = moment;
        else if (moment - heard > SILENCE) {
            fputs("the server says nothing\n", stderr);
            return 1;
        }
    }
    double seconds = now() - began;
    qsort(times, (size_t)total, sizeof *times, by_size);
    printf("%.6f %.6f %.6f %.6f %ld", seconds, times[total / 2], times[total * 99 / 100], times[total - 1], most_waiting);
    for (int i = 0; i < CODES && codes[i].count; i++)
        printf(" %ld=%ld", codes[i].code, codes[i].count);
    putchar('\n');
    return 0;
}
