/** A Python with certain modules, for tests of files that are made for Python; most machines have none with PyTorch. */
import { execFileSync, spawnSync } from 'node:child_process';

/** Debian's own first: there, python3-torch and python3-yaml are found. */
const PROGRAMS = ['/usr/bin/python3', 'python3'];

/** The first that can import all modules; undefined where none can. */
export function pythonWith(...modules: readonly string[]): string | undefined {
	const code = modules.map((name) => `import ${name}`).join('\n');
	return PROGRAMS.find((program) => spawnSync(program, ['-c', code], { timeout: 60_000 }).status === 0);
}

/** What a program prints. Throws with what it says of its failure. */
export function python(program: string, words: readonly string[], folder: string): string {
	return execFileSync(program, words, {
		cwd: folder,
		encoding: 'utf8',
		timeout: 180_000,
		// No caches in the folder, and no threads that fight for two processors.
		env: { ...process.env, PYTHONDONTWRITEBYTECODE: '1', OMP_NUM_THREADS: '1' },
	});
}
