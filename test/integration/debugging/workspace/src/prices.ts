interface Price {
  readonly amount: number;
}

export const handler = async (price: Price): Promise<number> => {
  const doubled: number = price.amount * 2;
  return doubled;
};
