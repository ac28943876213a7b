import pytest

from aggregator.outbound.agent import contact_of, user_agent


@pytest.mark.parametrize(
    ("public_url", "contact", "agent"),
    [
        ("", "", "Broadsheet (feed reader)"),
        ("", "mailto:a@b.example", "Broadsheet (feed reader; +mailto:a@b.example)"),
        ("https://n.example/", "", "Broadsheet (feed reader; +https://n.example/about/fetcher)"),
        ("https://n.example", "Ä\r\nX: y", "Broadsheet (feed reader; +https://n.example/about/fetcher; X: y)"),
    ],
)
def test_safety_54_the_user_agent_names_the_page_and_the_contact(public_url, contact, agent):
    assert user_agent(contact_of(public_url=public_url, contact=contact)) == agent
