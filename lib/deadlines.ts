/**
 * Every deadline of the server and of both clients. Each row names a thing outside of the program that Parley waits for,
 * the longest wait, and the reason for this time. tests/deadlines_test.ts checks that no other file has a deadline of its
 * own. Some deadlines are settings, because people choose them (--ping-after, --registration-time, --lease, --linger).
 *
 * Parley waits for three things without a deadline, because a person decides: a key press, the end of standard input, and
 * the answer to a question of the browser.
 *
 * All times are milliseconds of the monotonic clock.
 */
export const deadlines = {
  // Files and programs. ------------------------------------------------------------------------------------------

  /** A file of the settings that is a pipe. The program that writes it was started together with Parley. */
  pipeMs: 10_000,
  /** The password from a command or a pipe. A person perhaps types a PIN into another program for it. */
  passwordMs: 300_000,
  /** A reader of our output that takes nothing, such as a stopped pager. */
  outputMs: 10_000,
  /** Another program that still writes to the database file; only an accident, as the folder is locked. */
  databaseBusyMs: 2_000,
  /** Joining the modules of the page, with the download of the tool for it; the page works without. */
  pageJoinMs: 300_000,
  /** All steps of a stop together. A service manager kills after ten seconds or later. */
  serverStopMs: 4_000,
  /** The rest of a message of several lines that a client has begun; it is kept in memory until then. */
  batchMs: 30_000,

  // NATS and the other machines. ---------------------------------------------------------------------------------

  /** A connection to NATS. After an outage the machines must return about together, and then suspect each other. */
  natsConnectMs: 5_000,
  /** An answer of JetStream; a new leader of a cluster needs a second or two. */
  natsAnswerMs: 3_000,
  /** The other servers of a NATS cluster that starts, before a stream is made with one copy, which it keeps. */
  natsPeersMs: 10_000,
  /** A server of NATS that does not know the newest events yet; it gets them from the new leader in a second or two. */
  natsOldEndMs: 5_000,
  /** Events of the stream, for one request; the next request follows at once. */
  natsPullMs: 10_000,
  /** The result of an event while NATS does not order events; then the next line of the session is read. */
  eventDoubtMs: 5_000,
  /** The next chunk of a shared file. */
  natsChunkMs: 10_000,
  /** The turn of a file, while machines share other files. */
  natsFileTurnMs: 60_000,
  /** A turn that is not renewed: its machine is dead or cut off. It is renewed three times in this time. */
  natsFileTurnStaleMs: 15_000,
  /** The same while the machine is not heard either. Two files at the same time cost only disk space. */
  natsFileTurnDeadMs: 500,
  /** The first answer of another machine to a new one. */
  machineGreetingMs: 1_000,
  /** The next part of an answer of another machine; a large snapshot takes time to make. */
  machineAnswerMs: 10_000,
  /** The earlier run of a machine, which can only answer if its data folder was copied. */
  earlierRunMs: 150,
  /** The machine that won the claim to be the first one. */
  machineWinnerMs: 5_000,
  /** The last own events, at the stop; shorter than serverStopMs. */
  machineStopMs: 2_000,

  // Connections. -------------------------------------------------------------------------------------------------

  /** The PROXY header of a trusted proxy, which sends it as soon as it is connected. */
  proxyHeaderMs: 5_000,
  /** The TLS handshake of a peer; slow networks need three or four seconds. */
  tlsHandshakeMs: 10_000,
  /** The reader of a refusal when no file descriptor is free: the next newcomer needs this one. */
  refusalMs: 200,
  /** The headers of a request over HTTP, from its first byte; the first request also from the connection. */
  httpHeadersMs: 10_000,
  /** The next request on the same connection. Browsers open another one at once when they need it. */
  httpIdleMs: 30_000,
  /** A peer that sends a body or reads an answer, before its mean speed counts. */
  httpStallMs: 30_000,
  /** A whole file that a person sends, before its mean speed counts (web/running_uploads.ts). */
  uploadGraceMs: 600_000,
  /** A connection to a server, with its name lookup; TLS is included. */
  dialMs: 10_000,
  /** The bytes that wait for a peer that does not read, when we close its connection. */
  closeMs: 2_000,

  // The client and its server. -----------------------------------------------------------------------------------

  /** One try to connect, with the name lookup, TLS and the proxy. */
  connectAttemptMs: 20_000,
  /** A connection that the page opened before the person joins. It is shorter than the default of --registration-time. */
  unusedConnectionMs: 20_000,
  /** The whole registration, without the time in which a person answers a question. Servers look up names in it. */
  clientRegistrationMs: 60_000,
  /** The answer to a PING. A person has to know soon that the connection is dead. */
  pongMs: 5_000,
  /** The next part of an answer to a request; a server can read much history for it. */
  requestMs: 30_000,
  /** The echo of a message, on a connection that works; servers hold lines back against floods. */
  echoMs: 30_000,
  /** The server closes the connection after QUIT; we close it ourselves later. */
  quitMs: 1_000,
  /** The end of the connection when the person leaves: the terminal must not stay. */
  terminalQuitMs: 500,
  /** The service worker of the page; without it the page shows notifications itself. */
  workerStartMs: 10_000,
  /** The first bytes of an answer over HTTP, when no file has to be stored before it. */
  httpAnswerMs: 30_000,
  /** The next bytes of a file, in either direction. A mobile network can be away for half a minute. */
  transferStallMs: 60_000,
  /** All waits of a client for a server that says that files come too fast. */
  tooFastMs: 300_000,
  /** The answer after the last byte of a file: the buffers on the way empty first, over a slow line. */
  uploadAnswerMs: 300_000,
} as const;
