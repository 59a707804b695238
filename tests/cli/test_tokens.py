"""`testbuy tokens` as an operator types it."""


def test_a_token_is_made_listed_and_revoked(run) -> None:
    assert run("tokens", "list")[0] == 1
    made = ["tokens", "make", "ada@example.org", "Detection feed", "--scope"]
    code, said = run(*made, "flags:write")
    assert code == 1 and "no account" in said
    person = ["create-user", "Ada", "ada@example.org", "--role", "analyst"]
    code, said = run(*person)
    assert code == 0, said
    code, said = run(*made, "verdicts:write")
    assert code == 1 and "needs the role of authenticator" in said
    code, token = run(*made, "flags:write")
    assert code == 0 and token.startswith("tb_") and len(token) > 50
    listed = run("tokens", "list")[1]
    assert "Detection feed" in listed and token not in listed and "live" in listed
    assert run("tokens", "revoke", "1")[0] == 0
    assert "revoked" in run("tokens", "list")[1]
    assert run("tokens", "revoke", "99")[0] == 1
