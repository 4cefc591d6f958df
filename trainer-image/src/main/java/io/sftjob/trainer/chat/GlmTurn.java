package io.sftjob.trainer.chat;

/**
 * A turn of ChatGLM3.
 *
 * @param role system, user, assistant or observation
 * @param metadata stands in the header's line: the name of the tool that the assistant calls
 */
record GlmTurn(String role, String metadata, String content) {}
