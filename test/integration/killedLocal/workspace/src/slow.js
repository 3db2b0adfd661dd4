exports.handler = async () => new Promise((resolve) => setTimeout(resolve, 2_000, 'done'));
