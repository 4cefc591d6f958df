package io.sftjob.operator.apiserver;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.concurrent.atomic.AtomicInteger;

/** The API server and the operator that all tests share. */
final class Suite implements AutoCloseable {
  private final ApiServer server;
  private final OperatorProcess operator;
  private final int port;
  private final AtomicInteger worlds = new AtomicInteger();

  private Suite(ApiServer server, int port) {
    this.server = server;
    this.port = port;
    this.operator = new OperatorProcess(server, port);
  }

  static Suite start() {
    var suite = new Suite(ApiServer.start(), freePort());
    try {
      suite.operator.start();
      return suite;
    } catch (RuntimeException e) {
      suite.server.close();
      throw e;
    }
  }

  World world() {
    return new World(server, operator, worlds.incrementAndGet(), port);
  }

  @Override
  public void close() {
    operator.stop();
    server.close();
  }

  private static int freePort() {
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }
}
