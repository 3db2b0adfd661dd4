export const handler = async () => <p>Hello</p>;
