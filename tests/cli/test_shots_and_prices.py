"""`testbuy shots` and `testbuy prices` as an operator types them, on a database of their own."""


def test_a_shot_list_is_changed_and_listed(run) -> None:
    code, said = run("shots", "require", "watches", "i06")
    assert code == 0 and "watches: version 2" in said
    stamp = [
        "--title", "Batch stamp", "--instruction", "Show the stamp.", "--title-zh", "批次章",
        "--instruction-zh", "拍摄批次章。", "--example", "on the seam",
    ]  # fmt: skip
    code, said = run("shots", "add", "pet food", "U51", "--required", *stamp[:4])
    assert code == 1 and "in Chinese" in said
    assert run("shots", "add", "pet food", "U51", "--required", *stamp)[0] == 0
    code, said = run("shots", "relax", "pet food", "I02", "--reason", " ")
    assert code == 1 and "Say why" in said
    assert run("shots", "relax", "pet food", "I02", "--reason", "Bags bear no mark")[0] == 0
    assert run("shots", "reword", "pet food", "I01", "--title", "The whole bag")[0] == 0
    code, said = run("shots", "list", "pet food")
    assert code == 0 and "version 5" in said
    assert "U51 required Batch stamp 批次章: Show the stamp. For example: on the seam" in said
    assert "I02 was made optional: Bags bear no mark" in said and "The whole bag" in said
    assert "watches" not in said and "watches: version 2" in run("shots", "list")[1]
    assert run("shots", "list", "hats")[0] == 1


def test_prices_are_added_and_listed(run) -> None:
    code, said = run("prices", "list")
    assert code == 1 and "No price is on record" in said
    aura = ["prices", "add", "Swarovski", "Crystal Aura"]
    code, said = run(*aura, "1890", "cny", "--source", "Price list", "--from", "2026-01-01")
    assert code == 0 and "CNY 1,890.00 from 2026-01-01 on" in said
    for wrong in (["x", "CNY"], ["1", "XXX"], ["0", "CNY"]):
        assert run(*aura, *wrong, "--source", "S")[0] == 1
    assert run(*aura, "1", "CNY", "--source", "S", "--from", "yesterday")[0] == 1
    code, said = run("prices", "list", "Swarovski")
    assert (
        said == "Swarovski Crystal Aura: CNY 1,890.00 from 2026-01-01 on, Price list (unverified)"
    )
