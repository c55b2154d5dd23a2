/** A probe that says what its environment asks for: `LC_PROBE` is passed on by the doctor as a locale would be. */

const wish = process.env['LC_PROBE'] ?? '';
const say = (line: object) => process.stdout.write(`${JSON.stringify(line)}\n`);

switch (wish) {
	case 'crash':
		say({ type: 'trying', package: 'linux-x64-cuda' });
		process.stderr.write('CUDA error: no kernel image\n');
		setTimeout(() => process.kill(process.pid, 'SIGKILL'), 20);
		break;
	case 'hang':
		setInterval(() => undefined, 1_000);
		break;
	default:
		process.stdout.write('ggml: a line of its own\n');
		say({ type: 'trying', package: 'linux-x64' });
		say({
			type: 'tried',
			package: 'linux-x64',
			version: '0.25',
			devices: [{ description: 'Processor', registry: 'CPU', isGpu: false }],
		});
		say({ type: 'probed', trainsOn: 'CPU (Processor)' });
}
