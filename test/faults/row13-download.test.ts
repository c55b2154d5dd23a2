/**
 * Fault 13: downloads with real processes: one is killed in the middle, two want the same file, the one that works is
 * killed while the other waits. All other faults of a download: test/unit/inference/models/download.test.ts.
 */
import * as assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { createInterface } from 'node:readline';
import { isRecord, parseJson } from '../../src/inference/record';
import type { Order } from '../support/downloading.entry';
import { findBuilt } from '../support/fakeHost';
import { FileServer, randomFile, sha256, stallAfter } from '../support/fileServer';

const SIZE = 2_000_000;
const HALF = 1_000_000;

/** A window that downloads. */
class Downloader {
	readonly phases: string[] = [];
	private readonly child: ChildProcess;
	readonly ended: Promise<unknown>;

	constructor(order: Order) {
		this.child = spawn(process.execPath, [findBuilt('downloading.entry.mjs'), JSON.stringify(order)], {
			stdio: ['ignore', 'pipe', 'inherit'],
		});
		this.ended = once(this.child, 'exit');
	}

	/** Resolves when it says so. */
	async until(phase: string, bytes = 0): Promise<void> {
		assert.ok(this.child.stdout);
		for await (const line of createInterface(this.child.stdout)) {
			const step = parseJson(line);
			assert.ok(isRecord(step));
			this.phases.push(String(step['phase']));
			if (step['phase'] === phase && Number(step['bytes']) >= bytes) {
				return;
			}
		}
		assert.fail(`ended without ${phase}`);
	}

	async kill(): Promise<void> {
		this.child.kill('SIGKILL');
		await this.ended;
	}
}

describe('fault 13: downloads of processes', () => {
	let server: FileServer;
	let folder: string;
	let file: string;
	let content: Buffer;
	let order: Order;
	const started: Downloader[] = [];

	beforeEach(async () => {
		server = await FileServer.start();
		folder = fs.mkdtempSync(path.join(os.tmpdir(), 'familiar-row13-'));
		file = path.join(folder, 'model.gguf');
		content = randomFile(SIZE);
		server.files.set('/model.gguf', content);
		order = {
			address: server.address('/model.gguf').href,
			file,
			bytes: SIZE,
			sha256: sha256(content),
			certificate: server.certificate,
		};
	});

	afterEach(async () => {
		for (const one of started.splice(0)) {
			await one.kill();
		}
		await server.stop();
		fs.rmSync(folder, { recursive: true, force: true });
	});

	const start = () => {
		const made = new Downloader(order);
		started.push(made);
		return made;
	};
	const isThere = () => {
		assert.ok(fs.readFileSync(file).equals(content));
		assert.deepEqual(fs.readdirSync(folder), ['model.gguf'], 'no part, no state, no lock is left');
	};

	it('killed in the middle: the next one breaks its lock, and goes on from there', async () => {
		server.script.push(stallAfter(HALF, content));
		const first = start();
		await first.until('downloading', HALF);
		await first.kill();
		assert.deepEqual(fs.readdirSync(folder).sort(), [
			'model.gguf.lock',
			'model.gguf.part',
			'model.gguf.part.json',
		]);
		const second = start();
		await second.until('arrived');
		assert.equal(server.seen[1]?.range, `bytes=${HALF}-`);
		assert.equal(second.phases[0], 'checking');
		isThere();
	});

	it('two at once: one works, the other watches and asks nobody', async () => {
		let goOn = () => {};
		server.script.push((_request, response) => {
			response.writeHead(200, { 'content-length': SIZE, etag: '"1"' });
			response.write(content.subarray(0, HALF));
			goOn = () => response.end(content.subarray(HALF));
		});
		const first = start();
		await first.until('downloading', HALF);
		const second = start();
		await second.until('elsewhere', HALF);
		goOn();
		await first.ended;
		await second.until('arrived');
		assert.equal(server.seen.length, 1);
		isThere();
	});

	it('the one that works is killed: the one that watches takes over', async () => {
		server.script.push(stallAfter(HALF, content));
		const first = start();
		await first.until('downloading', HALF);
		const second = start();
		await second.until('elsewhere');
		await first.kill();
		await second.until('arrived');
		assert.deepEqual(
			server.seen.map(({ range }) => range),
			[undefined, `bytes=${HALF}-`],
		);
		isThere();
	});
});
