// SPDX-License-Identifier: GPL-2.0-only
/*
 * animal.c - what turns a broken copy of a receive path into a module: it is
 * appended to the copy. The path's name is the module's.
 */
static int __init animal_init(void)
{
	int err = 0;

	ANIMAL.name = KBUILD_MODNAME;
	ANIMAL.number = -1;
#ifdef ANIMAL_NEEDS_SOFTNET
	err = snull_softnet_init();
#endif
	return err ?: snull_rx_register(&ANIMAL);
}

static void __exit animal_exit(void)
{
	snull_rx_unregister(&ANIMAL);
#ifdef ANIMAL_NEEDS_SOFTNET
	snull_softnet_exit();
#endif
}

module_init(animal_init);
module_exit(animal_exit);

MODULE_DESCRIPTION("A broken receive path for snull: see labs/zoo");
MODULE_LICENSE("GPL");
