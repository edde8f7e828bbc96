#pragma once
/*
 * What would be left of the files if the power went now and the disk had kept nothing but what was
 * synced: FAIL_SHADOW names a directory, into which each file is copied, under its own name,
 * whenever a sync of it has succeeded.
 */

/** Copies the file behind fd. Called by the thread that has synced it, before it goes on. */
void shadow_keep(int fd);

/** Deletes the copy of a file that was deleted: as if the directory were synced at once. */
void shadow_forget(const char *path);
