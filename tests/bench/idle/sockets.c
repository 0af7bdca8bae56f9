/*
 * Thousands of WebSocket clients of one service in one process, light enough that the service is what is measured.
 *
 * usage: sockets PORT ROOM SOURCE_ADDRESS AT_ONCE < users          ("userId token" a line)
 *
 * Each client connects with its token, enters the room the first time, subscribes, answers pings, checks that the
 * offsets of publications are consecutive, and comes back with its position, after a random pause, when its connection
 * ends. Twice a second a line says how things stand:
 *
 *     in 12000 lost 0 offsets 5 5 gaps 0 fresh 0 refused 0 timed 0 0 0 0
 *
 * in: subscribed now. lost: connections that ended. offsets: the lowest and the highest that a client has reached in its
 * epoch. gaps: offsets that were missing. fresh: clients that could not recover and were given the state instead. timed:
 * gifts whose combo says when they were sent ("t" and 16 digits: microseconds of the monotonic clock), as one client of
 * twenty has heard them; and after how many milliseconds half of them, 99 of a hundred and the last had come. The
 * program ends when its standard input, of which it reads the users first, is followed by the end of its parent (a
 * closed standard output), or after an hour.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { AWAY, HANDSHAKE, CONNECTING, ENTERING, SUBSCRIBING, IN };
enum { CHUNK = 1 << 17, READY = 512, LIFETIME = 3600, TIMED_OF = 20, STEPS = 60000 };

typedef struct {
    int fd, phase, has_entered, has_position;
    long offset;
    double due, pause;
    char epoch[24];
    char *user, *token;
    char *rest; /* the beginning of a frame that has not come whole */
    size_t rest_size;
} Client;

static Client *clients;
static int count, away, on_the_way, at_once, epoll;
static long lost, gaps, fresh, refused, timed, times[STEPS];
static struct sockaddr_in server, source;
static const char *room;
static char chunk[CHUNK * 2];

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec + t.tv_nsec / 1e9;
}

static double chance(void) { return rand() / (RAND_MAX + 1.0); }

static void die(const char *why) {
    fprintf(stderr, "sockets: %s: %s\n", why, strerror(errno));
    exit(1);
}

/* Connections */

static void leave(Client *c, double at) {
    if (c->phase != AWAY) {
        lost++;
        if (c->phase != IN) on_the_way--;
        close(c->fd);
        away++;
    }
    free(c->rest);
    c->rest = NULL;
    c->rest_size = 0;
    c->phase = AWAY;
    c->pause = c->pause ? (c->pause < 4 ? c->pause * 2 : 4) : 0.5;
    c->due = at + chance() * c->pause;
}

static void send_all(Client *c, const char *data, size_t size) {
    if (send(c->fd, data, size, MSG_NOSIGNAL) != (ssize_t)size) leave(c, now());
}

static void say(Client *c, int opcode, const char *text, size_t size) {
    char frame[2048];
    size_t at = 0;
    if (size > sizeof frame - 8) die("a message is too long");
    frame[at++] = (char)(0x80 | opcode);
    if (size < 126) {
        frame[at++] = (char)(0x80 | size);
    } else {
        frame[at++] = (char)(0x80 | 126);
        frame[at++] = (char)(size >> 8);
        frame[at++] = (char)size;
    }
    memset(frame + at, 0, 4);
    memcpy(frame + at + 4, text, size);
    send_all(c, frame, at + 4 + size);
}

static void begin(Client *c) {
    static const char hello[] =
        "GET /connection/websocket HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
        "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
    int one = 1;
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = c};
    c->fd = socket(AF_INET, SOCK_STREAM, 0);
    if (c->fd < 0) die("socket");
    setsockopt(c->fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &one, sizeof one);
    if (bind(c->fd, (struct sockaddr *)&source, sizeof source) < 0) die("bind");
    if (connect(c->fd, (struct sockaddr *)&server, sizeof server) < 0) { /* on loopback this does not wait */
        close(c->fd);
        c->pause = c->pause ? c->pause : 0.25;
        c->due = now() + chance() * c->pause;
        return;
    }
    setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    fcntl(c->fd, F_SETFL, O_NONBLOCK);
    if (epoll_ctl(epoll, EPOLL_CTL_ADD, c->fd, &event) < 0) die("epoll_ctl");
    c->phase = HANDSHAKE;
    away--;
    on_the_way++;
    send_all(c, hello, sizeof hello - 1);
}

static void subscribe(Client *c) {
    char text[512];
    int size = c->has_position
                   ? snprintf(text, sizeof text,
                              "{\"id\":3,\"subscribe\":{\"channel\":\"room:%s\",\"recover\":true,\"epoch\":\"%s\","
                              "\"offset\":%ld}}",
                              room, c->epoch, c->offset)
                   : snprintf(text, sizeof text, "{\"id\":3,\"subscribe\":{\"channel\":\"room:%s\"}}", room);
    c->phase = SUBSCRIBING;
    say(c, 1, text, (size_t)size);
}

/* What comes */

static const char *after(const char *text, const char *key) {
    const char *found = strstr(text, key);
    return found ? found + strlen(key) : NULL;
}

/* The number behind the last "offset": of the publication; what it publishes stands before it. */
static long offset_of(const char *text) {
    static const char key[] = "\"offset\":";
    for (const char *at = text + strlen(text) - sizeof key; at > text; at--)
        if (*at == '"' && strncmp(at, key, sizeof key - 1) == 0) return atol(at + sizeof key - 1);
    return 0;
}

static void note_times(const char *text) {
    static const char key[] = "\"comboId\":\"t";
    double at = now();
    while ((text = after(text, key)) != NULL) {
        long step = (long)((at - (double)atoll(text) / 1e6) * 1000);
        times[step < 0 ? 0 : step < STEPS ? step : STEPS - 1]++;
        timed++;
    }
}

/* After how many milliseconds so many of the times have come. */
static long percentile(double share) {
    double rank = share * (double)timed;
    for (long step = 0; timed && step < STEPS; step++)
        if ((rank -= (double)times[step]) <= 0) return step;
    return 0;
}

static void published(Client *c, const char *text) {
    long offset = offset_of(text);
    if ((c - clients) % TIMED_OF == 0) note_times(text);
    if (c->has_position && offset <= c->offset) return;
    if (c->has_position && offset != c->offset + 1) gaps += offset - c->offset - 1;
    c->offset = offset;
}

static void subscribed(Client *c, const char *text) {
    const char *epoch = after(text, "\"epoch\":\"");
    int is_recovered = strstr(text, "\"recovered\":true") != NULL;
    if (c->has_position && is_recovered) {
        /* The reply lists what was missed, oldest first. */
        const char *scan = strstr(text, "\"publications\":[");
        while (scan && (scan = after(scan, "},\"offset\":")) != NULL) {
            long offset = atol(scan);
            if (offset > c->offset) {
                gaps += offset - c->offset - 1;
                c->offset = offset;
            }
        }
    } else {
        if (c->has_position) fresh++;
        const char *last = NULL, *scan = text;
        while ((scan = after(scan, "\"offset\":")) != NULL) last = scan;
        c->offset = last ? atol(last) : 0;
    }
    if (epoch) {
        size_t size = strcspn(epoch, "\"");
        if (size < sizeof c->epoch) {
            memcpy(c->epoch, epoch, size);
            c->epoch[size] = 0;
        }
    }
    c->has_position = 1;
    c->phase = IN;
    c->pause = 0;
    on_the_way--;
}

static void answered(Client *c, const char *text) {
    char message[1024];
    int size;
    if (strstr(text, "\"error\":{")) {
        refused++;
        leave(c, now());
    } else if (c->phase == CONNECTING && !c->has_entered) {
        size = snprintf(message, sizeof message,
                        "{\"id\":2,\"rpc\":{\"method\":\"rooms/enter_room\",\"data\":{\"roomId\":\"%s\",\"role\":"
                        "\"audience\"}}}",
                        room);
        c->phase = ENTERING;
        say(c, 1, message, (size_t)size);
    } else if (c->phase == CONNECTING || c->phase == ENTERING) {
        if (c->phase == ENTERING && !strstr(text, "\"errorCode\":0")) {
            refused++;
            leave(c, now());
            return;
        }
        c->has_entered = 1;
        subscribe(c);
    } else if (c->phase == SUBSCRIBING) {
        subscribed(c, text);
    }
}

static void heard(Client *c, char *text) {
    for (char *line = text, *next; line && c->phase != AWAY; line = next) {
        next = strchr(line, '\n');
        if (next) *next++ = 0;
        if (strcmp(line, "{}") == 0) {
            say(c, 1, "{}", 2);
        } else if (strncmp(line, "{\"push\":", 8) == 0) {
            if (c->phase == IN && strstr(line, "\"channel\":\"room:") && strstr(line, "\"pub\":")) published(c, line);
        } else {
            answered(c, line);
        }
    }
}

static void receive(Client *c) {
    size_t have = c->rest_size, at = 0;
    if (have) memcpy(chunk, c->rest, have);
    ssize_t got = recv(c->fd, chunk + have, CHUNK - 1, 0);
    if (got <= 0) {
        if (got < 0 && (errno == EAGAIN || errno == EINTR)) return;
        leave(c, now());
        return;
    }
    free(c->rest);
    c->rest = NULL;
    c->rest_size = 0;
    have += (size_t)got;
    if (c->phase == HANDSHAKE) {
        char *end = memmem(chunk, have, "\r\n\r\n", 4), message[1024];
        if (!end || strncmp(chunk, "HTTP/1.1 101", 12) != 0) {
            refused++;
            leave(c, now());
            return;
        }
        at = (size_t)(end + 4 - chunk);
        c->phase = CONNECTING;
        int size = snprintf(message, sizeof message, "{\"id\":1,\"connect\":{\"data\":{\"token\":\"%s\"}}}", c->token);
        say(c, 1, message, (size_t)size);
    }
    while (c->phase != AWAY && have - at >= 2) {
        const unsigned char *head = (unsigned char *)chunk + at;
        size_t length = head[1], start = at + 2;
        if (length == 126) {
            if (have - at < 4) break;
            length = (size_t)head[2] << 8 | head[3];
            start = at + 4;
        } else if (length == 127) {
            if (have - at < 10) break;
            length = (size_t)head[6] << 24 | (size_t)head[7] << 16 | (size_t)head[8] << 8 | head[9];
            start = at + 10;
        }
        if (start + length > have) break;
        if ((head[0] & 15) == 8) {
            leave(c, now());
            return;
        }
        if ((head[0] & 15) == 1) {
            char kept = chunk[start + length];
            chunk[start + length] = 0;
            heard(c, chunk + start);
            chunk[start + length] = kept;
        }
        at = start + length;
    }
    if (c->phase != AWAY && at < have) {
        c->rest_size = have - at;
        c->rest = malloc(c->rest_size);
        memcpy(c->rest, chunk + at, c->rest_size);
    }
}

/* The whole */

static void read_users(void) {
    char line[4096], user[128], token[3968];
    int room_for = 0;
    while (fgets(line, sizeof line, stdin)) {
        if (sscanf(line, "%127s %3967s", user, token) != 2) continue;
        if (count == room_for) clients = realloc(clients, (size_t)(room_for += 4096) * sizeof *clients);
        clients[count++] = (Client){.user = strdup(user), .token = strdup(token)};
    }
    away = count;
}

static void report(void) {
    long lowest = -1, highest = 0, in = 0;
    for (int i = 0; i < count; i++) {
        in += clients[i].phase == IN;
        if (lowest < 0 || clients[i].offset < lowest) lowest = clients[i].offset;
        if (clients[i].offset > highest) highest = clients[i].offset;
    }
    printf("in %ld lost %ld offsets %ld %ld gaps %ld fresh %ld refused %ld timed %ld %ld %ld %ld\n", in, lost, lowest,
           highest, gaps, fresh, refused, timed, percentile(0.5), percentile(0.99), percentile(1));
    if (fflush(stdout) != 0) exit(0);
}

int main(int argc, char **argv) {
    if (argc != 5) {
        fprintf(stderr, "usage: sockets PORT ROOM SOURCE_ADDRESS AT_ONCE < users\n");
        return 2;
    }
    signal(SIGPIPE, SIG_IGN);
    room = argv[2];
    at_once = atoi(argv[4]);
    server = (struct sockaddr_in){.sin_family = AF_INET, .sin_port = htons((uint16_t)atoi(argv[1]))};
    inet_pton(AF_INET, "127.0.0.1", &server.sin_addr);
    source = (struct sockaddr_in){.sin_family = AF_INET};
    inet_pton(AF_INET, argv[3], &source.sin_addr);
    epoll = epoll_create1(0);
    read_users();
    struct epoll_event ready[READY];
    double next_report = 0, end = now() + LIFETIME;
    for (int turn = 0; now() < end; turn++) {
        int found = epoll_wait(epoll, ready, READY, 50);
        for (int i = 0; i < found; i++) {
            Client *c = ready[i].data.ptr;
            if (c->phase != AWAY) receive(c);
        }
        double at = now();
        for (int i = 0; away && i < count && on_the_way < at_once; i++)
            if (clients[i].phase == AWAY && clients[i].due <= at) begin(&clients[i]);
        if (at >= next_report) {
            report();
            next_report = at + 0.5;
        }
    }
    return 0;
}
