"""High scores with a local index: the same partition, in another order.

The table knows a player's best score by name; ``by_score`` keeps the players of a game
sorted by it, and follows every change in the same transaction.
"""

import ddblite
from ddblite import Key, LocalIndex

SCORES = {
    "comet": {"ada": 9_200, "ben": 4_150, "cleo": 12_700, "dev": 4_150},
    "maze": {"ada": 310, "cleo": 280},
}


def report(scores: ddblite.Table, game: str, player: str, score: int) -> None:
    """Writes a score if it is the player's best so far in the game."""
    try:
        scores.update(
            (game, player),
            "SET score = :score ADD improvements :one",
            condition="attribute_not_exists(score) OR score < :score",
            values={":score": score, ":one": 1},
        )
    except ddblite.errors.ConditionalCheckFailedException as error:
        print(f"  {player}: {score} is no better than {(error.item or {}).get('score')}")
    else:
        print(f"  {player}: {score} is a new best")


def show_best(scores: ddblite.Table, game: str, count: int) -> None:
    """Prints the best players of a game, best first."""
    best = scores.query(Key("game").eq(game), index="by_score", forward=False, limit=count)
    for place, row in enumerate(best, start=1):
        print(f"  {place}.", row["score"], row["player"])


def main() -> None:
    """Reports scores and prints the best."""
    with ddblite.connect(":memory:") as db:
        scores = db.create_table(
            "scores",
            partition_key="game",
            sort_key="player",
            indexes=[LocalIndex("by_score", ("score", "N"), projection="KEYS_ONLY")],
        )
        print("The first evening:")
        for game, players in SCORES.items():
            for player, score in players.items():
                report(scores, game, player, score)

        print("The best of comet (equal scores keep an order):")
        show_best(scores, "comet", 4)

        print("The second evening:")
        report(scores, "comet", "ben", 9_900)
        report(scores, "comet", "cleo", 11_000)

        print("The best three now:")
        show_best(scores, "comet", 3)

        print("A score range is a key condition here, read consistently:")
        statement = """
            SELECT player, score FROM "scores"."by_score"
             WHERE game = 'comet' AND score BETWEEN 9000 AND 10000
        """
        found = db.execute(statement, consistent=True)
        for row in found:
            print(f"  {row}")
        print(f"  {found.plan}")

        print("The index carries keys only; what else is asked for comes from the table:")
        whole = scores.query(
            Key("game").eq("comet") & Key("score").gt(9_500),
            index="by_score",
            projection="player, improvements",
        )
        for row in whole:
            print(f"  {row}")
        assert whole.consumed is not None, "a result that was read has consumed something"
        print(f"  index {whole.consumed.local_indexes}, table {whole.consumed.table} read units")


if __name__ == "__main__":
    main()
