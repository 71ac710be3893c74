/* How fast can messages be handed over at all? An SMTP server that takes everything and keeps nothing.

   cc -O2 -o smtp_sink bench/smtp_sink.c && ./smtp_sink PORT
   It speaks PIPELINING, listens on 127.0.0.1 only, and prints the number of messages taken when it gets SIGTERM. */

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

enum { CLIENTS = 256, ROOM = 1 << 16 };

struct client {
    int in_data;          /* content is coming, up to the dot on a line of its own */
    size_t filled;        /* bytes of an unfinished line (commands) or of a possible end (data) */
    char line[2048];
};

static struct client clients[CLIENTS];
static volatile sig_atomic_t stopped;
static long taken;

static void stop(int signal) { (void)signal; stopped = 1; }

static const char *reply_to(struct client *c, const char *line) {
    if (!strncasecmp(line, "EHLO", 4)) return "250-sink\r\n250-PIPELINING\r\n250 8BITMIME\r\n";
    if (!strncasecmp(line, "DATA", 4)) { c->in_data = 1; c->filled = 0; return "354 go on\r\n"; }
    if (!strncasecmp(line, "QUIT", 4)) return "221 bye\r\n";
    return "250 2.0.0 ok\r\n";
}

/* Answer what has come, several commands in one write; -1: say goodbye. */
static int serve(int fd, struct client *c, const char *bytes, size_t size) {
    static const char end[] = "\r\n.\r\n";
    char answer[ROOM];
    size_t said = 0;
    for (size_t n = 0; n < size; n++) {
        if (c->in_data) {
            if (bytes[n] == end[c->filled]) c->filled++;
            else c->filled = bytes[n] == '\r' ? 1 : 0;
            if (c->filled < 5) continue;
            c->in_data = 0;
            c->filled = 0;
            taken++;
            said += (size_t)snprintf(answer + said, sizeof answer - said, "250 2.0.0 taken\r\n");
        } else {
            if (c->filled < sizeof c->line - 1) c->line[c->filled++] = bytes[n];
            if (bytes[n] != '\n') continue;
            c->line[c->filled] = 0;
            c->filled = 0;
            const char *reply = reply_to(c, c->line);
            said += (size_t)snprintf(answer + said, sizeof answer - said, "%s", reply);
            if (reply[0] == '2' && reply[1] == '2' && reply[2] == '1') { if (write(fd, answer, said) < 0) {} return -1; }
        }
        if (said > sizeof answer - 256) { if (write(fd, answer, said) < 0) return -1; said = 0; }
    }
    return said && write(fd, answer, said) < 0 ? -1 : 0;
}

int main(int argc, char **argv) {
    struct sockaddr_in here = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    struct epoll_event events[64], wanted = {.events = EPOLLIN};
    int listener = socket(AF_INET, SOCK_STREAM, 0), poll = epoll_create1(0), on = 1;
    char bytes[ROOM];
    if (argc != 2) { fprintf(stderr, "usage: smtp_sink PORT\n"); return 2; }
    here.sin_port = htons((unsigned short)atoi(argv[1]));
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (bind(listener, (struct sockaddr *)&here, sizeof here) || listen(listener, 64)) { perror("smtp_sink"); return 1; }
    signal(SIGPIPE, SIG_IGN);
    struct sigaction stopping = {.sa_handler = stop};
    sigaction(SIGTERM, &stopping, NULL);
    wanted.data.fd = listener;
    epoll_ctl(poll, EPOLL_CTL_ADD, listener, &wanted);
    while (!stopped) {
        int ready = epoll_wait(poll, events, 64, -1);
        for (int n = 0; n < ready; n++) {
            int fd = events[n].data.fd;
            if (fd == listener) {
                int guest = accept(listener, NULL, NULL);
                if (guest < 0) continue;
                if (guest >= CLIENTS) { close(guest); continue; }
                setsockopt(guest, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
                clients[guest] = (struct client){0};
                wanted.data.fd = guest;
                epoll_ctl(poll, EPOLL_CTL_ADD, guest, &wanted);
                if (write(guest, "220 sink\r\n", 10) < 0) close(guest);
                continue;
            }
            ssize_t size = read(fd, bytes, sizeof bytes);
            if (size <= 0 || serve(fd, &clients[fd], bytes, (size_t)size) < 0) close(fd);
        }
    }
    printf("%ld\n", taken);
    return 0;
}
