/** For which processor a Linux library was built: a package's name does not have to be true. */
import fs from 'node:fs';

/** `e_machine` of the ELF header, as Node calls the processors. */
const MACHINES = { 3: 'ia32', 40: 'arm', 62: 'x64', 183: 'arm64', 243: 'riscv64' };

/** @returns {string | undefined} As in `process.arch`; undefined for what is no ELF file. */
export function processorOf(file) {
	const header = Buffer.alloc(20);
	const handle = fs.openSync(file, 'r');
	try {
		fs.readSync(handle, header, 0, header.length, 0);
	} finally {
		fs.closeSync(handle);
	}
	if (header.readUInt32BE(0) !== 0x7f454c46) {
		return undefined;
	}
	const machine = header.readUInt16LE(18);
	return MACHINES[machine] ?? `machine ${machine}`;
}

/**
 * @returns {{ file: string, processor: string } | undefined} The first library below a folder, relative to it, that was
 * built for another processor than the one named.
 */
export function foreignLibrary(folder, processor) {
	for (const name of fs.readdirSync(folder, { recursive: true }).sort()) {
		if (/\.(so|node)$/.test(name)) {
			const found = processorOf(`${folder}/${name}`);
			if (found !== undefined && found !== processor) {
				return { file: name, processor: found };
			}
		}
	}
	return undefined;
}
