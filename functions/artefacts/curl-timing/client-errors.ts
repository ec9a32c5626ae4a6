import type { ErrorForm } from './program-errors.ts';

const HOST = String.raw`(?<host>\[[\da-fA-F:.]{2,45}\]|[\w.-]{1,253}):(?<port>\d{1,5})`;
const SAID =
  '(?<said>connection refused|connection timed out|connect timed out|timeout expired|no route to host|network is unreachable|cannot assign requested address|execution expired)';

/**
 * What clients of databases and libraries of HTTP write when they get no connection, with host and port: redis-cli, libpq,
 * MySQL, urllib3, Apache HttpClient, Netty, Kafka, Ruby, PHP and .NET.
 */
export const CLIENT_ERRORS: readonly ErrorForm[] = [
  // nfs-utils, utils/mount/error.c: `mount.nfs: Connection timed out`, newer `… for nas:/export on /mnt`
  {
    word: 'mount.nfs',
    shape: new RegExp(
      String.raw`^mount\.nfs4?: (?:mount\(2\): )?${SAID}(?: for (?<name>[\w.-]{1,253}|\[[\da-fA-F:]{2,45}\]):/\S{0,300} on \S{1,300})?$`,
      'i',
    ),
  },
  {
    word: 'mount.nfs',
    shape:
      /^mount\.nfs4?: Failed to resolve server (?<name>[\w.-]{1,253}): (?<said>Name or service)/,
  },
  // iperf3, src/iperf_error.c (IECONNECT); since 3.17 it guesses at reasons in between
  {
    word: 'iperf3: error',
    shape: new RegExp(
      `^iperf3: error - unable to connect (?:to server|stream)(?: - [^:]{1,120})?: ${SAID}$`,
      'i',
    ),
  },
  // PDO of PHP with mysqlnd (ext/mysqlnd/mysqlnd_vio.c): the address stands in the program's own settings
  {
    word: 'SQLSTATE[HY000] [2002]',
    shape: new RegExp(String.raw`SQLSTATE\[HY000\] \[2002\] ${SAID}\b`, 'i'),
  },
  // wget, src/openssl.c: `ERROR: cannot verify api.example.com's certificate, issued by ‘CN=Example CA’:`
  {
    word: 'cannot verify ',
    shape: /^ERROR: cannot verify (?<host>[\w.-]{1,253})'s (?<said>certificate), issued by/,
  },
  // modules/proxy/proxy_util.c of Apache: `(110)Connection timed out: AH00957: HTTP: attempt to connect to 10.0.0.9:8080 (10.0.0.9) failed`
  {
    word: ': attempt to connect to ',
    shape: new RegExp(
      String.raw`\((?<errno>\d{1,6})\)[^:]{3,80}: AH00957: \w{2,10}: attempt to connect to ${HOST} \([^)]{1,260}\) failed`,
      'i',
    ),
  },
  // mod_proxy_http.c: `(70007)The timeout specified has expired: … AH01102: error reading status line from remote server 10.0.0.9:8080`
  {
    word: 'error reading status line from remote server ',
    shape: new RegExp(
      String.raw`(?:\(70007\)(?<said>The timeout specified has expired)|\((?<errno>\d{1,6})\)[^:]{3,80}): .{0,100}?\berror reading status line from remote server ${HOST}`,
    ),
  },
  // smtp_connect.c and smtp_proto.c of Postfix: `connect to mx.example[192.0.2.25]:25: Connection timed out`
  {
    word: ']:',
    shape: new RegExp(
      String.raw`\bconnect to (?<name>[\w.-]{1,253})\[(?<address>[\da-fA-F:.]{2,45})\]:(?<port>\d{1,5}): ${SAID}`,
      'i',
    ),
  },
  // The same once it is connected: `lost connection with mx.example[192.0.2.25] while receiving the initial server greeting`
  {
    word: ' while receiving the initial server greeting',
    shape:
      /\b(?<said>lost connection|timed out) with (?<name>[\w.-]{1,253})\[(?<address>[\da-fA-F:.]{2,45})\](?::\d{1,5})? while receiving the initial server greeting/,
    port: 25,
  },
  // HAProxy's configuration manual, "Session state at disconnection": the server refused or left a connection, or let it wait
  {
    word: ' haproxy[',
    shape:
      /\] \S{1,100} (?<name>[\w.-]{1,100}\/(?:[\w.-]{1,100}|<NOSRV>)) (?:-?\d{1,10}\/){2,4}\+?-?\d{1,10} (?:-?\d{1,3} )?\+?\d{1,15} (?:- - |\S{1,300} \S{1,300} )?(?<said>SC|sC|SH|sH)(?:--)? /,
  },
  // libmysql, errmsg.c, CR_SERVER_LOST_EXTENDED: `Lost connection to MySQL server at 'reading initial communication packet', system error: 110`
  {
    word: "at 'reading initial communication packet', system error: ",
    shape:
      /\bLost connection to (?:MySQL |MariaDB )?server at 'reading initial communication packet', system error: (?:(?<said>0)|(?<errno>\d{1,3}))\b/,
  },
  // java.net.Socket, sun.nio.ch.NioSocketImpl: no address stands in the message
  {
    word: 'SocketTimeoutException: ',
    shape: /\bjava\.net\.SocketTimeoutException: (?<said>[Cc]onnect timed out|Read timed out)/,
  },
  {
    word: 'java.net.SocketException: ',
    shape: /\bjava\.net\.SocketException: (?<said>Connection reset|Broken pipe)/,
  },
  // libuv through lib/internal/errors.js of Node; lib/_http_client.js
  { word: ' ECONNRESET', shape: /\bError: (?:read|write) (?<said>ECONNRESET)\b/ },
  { word: 'socket hang up', shape: /\bError: (?<said>socket hang up)\b/ },
  // grpc-go, status.go
  {
    word: 'code = DeadlineExceeded',
    shape: /\brpc error: code = DeadlineExceeded desc = (?<said>context deadline exceeded)/,
  },
  // redis-cli.c, cliConnect: `Could not connect to Redis at 192.0.2.9:6379: Connection refused`
  {
    word: 'Could not connect to Redis at ',
    shape: new RegExp(`^Could not connect to Redis at ${HOST}: ${SAID}`, 'i'),
  },
  // redis-py, connection.py: `Error 111 connecting to 192.0.2.9:6379. Connection refused.`
  {
    word: ' connecting to ',
    shape: new RegExp(`\\bError (?<errno>\\d{2,3}) connecting to ${HOST}\\b`),
  },
  // pgjdbc, ConnectionFactoryImpl: `Connection to 192.0.2.5:5432 refused. Check that the hostname and port are correct`
  {
    word: ' refused. Check that',
    shape: new RegExp(`\\bConnection to ${HOST} (?<said>refused)\\. Check that`),
  },
  // NetworkClient of Kafka: `Connection to node -1 (kafka-0/192.0.2.20:9092) could not be established.`
  {
    word: ' could not be established',
    shape: new RegExp(
      `\\bConnection to node -?\\d{1,10} \\((?:[\\w.-]{1,253})?/${HOST}\\) (?<said>could not be established)`,
    ),
  },
  // libpq, fe-connect.c: `connection to server at "db" (192.0.2.5), port 5432 failed: Connection refused`
  {
    word: 'connection to server at "',
    shape: new RegExp(
      `\\bconnection to server at "(?<name>[^"\\s]{1,253})"(?: \\((?<address>[^)\\s]{2,45})\\))?, port (?<port>\\d{1,5}) failed: ${SAID}`,
      'i',
    ),
  },
  // libmysql, errmsg.c, CR_CONN_HOST_ERROR: `Can't connect to MySQL server on '192.0.2.6:3306' (110)`
  {
    word: "Can't connect to ",
    shape:
      /\bCan't connect to (?:MySQL |MariaDB )?server on '(?<name>[^':\s]{1,253})(?::(?<port>\d{1,5}))?' \((?:(?:[^()]{0,60}\s)?\[?(?:Errno )?(?<errno>\d{2,3})\b|(?<said>timed out)\))/,
    port: 3306,
  },
  // urllib3: `HTTPConnectionPool(host='192.0.2.7', port=8080): … [Errno 113] No route to host'))`
  {
    word: "Pool(host='",
    shape:
      /Pool\(host='(?<name>[^'\s]{1,253})', port=(?<port>\d{1,5})\).{0,400}?(?:\[Errno (?<errno>\d{2,3})\]|\b(?<said>Connection to \S{1,260} timed out))/,
  },
  // Apache HttpClient: `Connect to db.example:9200 [db.example/192.0.2.8] failed: Connection refused`
  {
    word: '] failed: ',
    shape: new RegExp(`\\bConnect to ${HOST} \\[[^\\]]{0,300}\\] failed: ${SAID}`, 'i'),
  },
  // Netty: `Connection refused: db.example/192.0.2.5:5432`, `connection timed out: /192.0.2.5:5432`
  {
    word: '/',
    shape: new RegExp(`\\b${SAID}: (?:[\\w.-]{1,253})?/${HOST}(?!\\S)`, 'i'),
  },
  // net/http of Ruby: `Failed to open TCP connection to 192.0.2.10:8080 (Connection refused - connect(2) …)`
  {
    word: 'Failed to open TCP connection to ',
    shape: new RegExp(`\\bFailed to open TCP connection to ${HOST} \\(${SAID}`, 'i'),
  },
  // PHP, main/network.c: `stream_socket_client(): Unable to connect to tcp://192.0.2.11:6379 (Connection timed out)`
  {
    word: 'nable to connect to ',
    shape: new RegExp(`\\bunable to connect to (?:(?:tcp|ssl|tls)://)?${HOST} \\(${SAID}\\)`, 'i'),
  },
  // .NET, HttpRequestException: `Connection refused (192.0.2.12:8080)`
  { word: ' (', shape: new RegExp(`\\b${SAID} \\(${HOST}\\)`, 'i') },
  // Windows Sockets in English: `… because the target machine actively refused it. (192.0.2.12:8080)`
  {
    word: 'actively refused it',
    shape: new RegExp(`\\b(?<said>actively refused it)[.,]? \\(?${HOST}\\b`),
  },
  {
    word: 'has failed to respond',
    shape: new RegExp(`\\b(?<said>connected host has failed to respond)[.,]? \\(?${HOST}\\b`),
  },
  // http.c of git, with libcurl's words
  {
    word: "fatal: unable to access '",
    shape:
      /^fatal: unable to access '.{1,400}?': (?<said>Failed to connect) to (?<name>[\w.-]{1,253}) port (?<port>\d{1,5})(?: after \d{1,9} ms)?: /,
  },
  // OSError of Python, java.net: the address stands elsewhere
  {
    word: '[Errno 1',
    shape: /\[Errno (?<errno>104|110|111|113)\] [A-Z]/,
  },
  {
    word: 'ConnectException: ',
    shape:
      /\bjava\.net\.(?:Connect|NoRouteToHost)Exception: (?<said>Connection refused|Connection timed out|No route to host)/,
  },
  // psql before 14; the host stands below
  {
    word: 'could not connect to server: ',
    shape: new RegExp(`\\bcould not connect to server: ${SAID}`, 'i'),
  },
  // apt, methods/connect.cc: `Could not connect to mirror.example:80 (192.0.2.7), connection timed out`
  {
    word: 'Could not connect to ',
    shape: new RegExp(
      `\\bCould not connect to (?<name>[\\w.-]{1,253}):(?<port>\\d{1,5}) \\((?<address>[\\da-fA-F:.]{2,45})\\)[,.] ${SAID}`,
      'i',
    ),
  },
  // rsync, open-iscsi and others: `failed to connect to 192.0.2.9 (192.0.2.9): Connection timed out (110)`
  {
    word: 'onnect',
    shape: new RegExp(
      String.raw`\b(?:connect|connection) to (?:server )?\[?(?<name>[\w.-]{1,253}?)(?::(?<port>\d{1,5}))?\]?(?: \([^()]{1,60}\))?(?: on first connect \[\w{1,40})?: ${SAID}`,
      'i',
    ),
  },
  // OpenLDAP's tools, net-snmp, ntpdate, OpenVPN, strongSwan
  { word: "Can't contact LDAP server", shape: /\b(?<said>Can't contact LDAP server)\b/ },
  {
    word: 'No Response from ',
    shape: /^(?<said>Timeout: No Response) from (?<name>[\w.-]{1,253}?)(?::(?<port>\d{1,5}))?\.?$/,
    port: 161,
  },
  {
    word: 'no server suitable for synchronization found',
    shape: /\b(?<said>no server suitable for synchronization found)\b/,
    port: 123,
  },
  {
    word: 'TLS key negotiation failed to occur',
    shape: /\bTLS Error: (?<said>TLS key negotiation failed to occur) within \d{1,5} seconds/,
  },
  {
    word: 'peer not responding',
    shape: /\bestablishing (?:IKE|CHILD)_SA .{0,80}?failed, (?<said>peer not responding)/,
  },
];
