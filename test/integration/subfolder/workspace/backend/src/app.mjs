export const handler = async () => "below";
