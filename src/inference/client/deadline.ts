/** Waits that end in time, whatever they wait for. */

/** Whether the promise has settled, and how, within some milliseconds; undefined where it has not. */
export async function within<T>(
	promise: Promise<T>,
	milliseconds: number,
): Promise<{ readonly value: T } | undefined> {
	let timer: NodeJS.Timeout | undefined;
	const late = new Promise<undefined>((resolve) => {
		timer = setTimeout(() => resolve(undefined), milliseconds);
	});
	try {
		return await Promise.race([promise.then((value) => ({ value })), late]);
	} finally {
		clearTimeout(timer);
	}
}
