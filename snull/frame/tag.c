// SPDX-License-Identifier: GPL-2.0-only
/*
 * tag.c - VLAN tags: put into a frame, and taken out of it.  Only the outermost
 * one; any others are further data to it.  Pure functions: no locks, any context.
 *
 * Read next: tcam.c, which compares them.
 */
#include <linux/build_bug.h>
#include <linux/string.h>

#include "tag.h"

/**
 * tag_push() - put a tag into a frame
 * @frame: its beginning, with room for TAG_LEN bytes more
 * @len: bytes there, ETH_HLEN at least
 * @tag: the tag
 *
 * What is behind the addresses moves back.
 *
 * Context: any, hard interrupts included.
 */
void tag_push(u8 *frame, unsigned int len, struct vlan_tag tag)
{
	u8 *at = frame + TAG_OFFSET;

	BUILD_BUG_ON(sizeof(tag) != TAG_LEN);
	memmove(at + TAG_LEN, at, len - TAG_OFFSET);
	memcpy(at, &tag, TAG_LEN);
}

/**
 * tag_pop() - take the outermost tag out of a frame
 * @frame: its beginning; eth_type_vlan() has said yes to what is behind the addresses
 * @len: bytes there, ETH_HLEN + TAG_LEN at least
 *
 * What is behind the tag moves up: TAG_LEN bytes at the end are free.
 *
 * Context: any, hard interrupts included.
 * Return: the tag.
 */
struct vlan_tag tag_pop(u8 *frame, unsigned int len)
{
	u8 *at = frame + TAG_OFFSET;
	struct vlan_tag tag;

	memcpy(&tag, at, TAG_LEN);
	memmove(at, at + TAG_LEN, len - TAG_OFFSET - TAG_LEN);
	return tag;
}
