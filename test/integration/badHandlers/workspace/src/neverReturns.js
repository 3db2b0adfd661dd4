export const handler = () => new Promise((resolve) => setInterval(() => {}, 1000));
