package io.sftjob.trainer.chat;

/**
 * A conversation as the model sees it.
 *
 * @param targets same length as {@code ids}: what the assistant says, the end of its turns included
 */
public record ChatTokens(int[] ids, boolean[] targets) {}
