from statistics import mean, stdev

from vatio.demo.energy.chance import LONGEST, SIZE, WIDEST, draw, noise


def test_noise_is_about_zero_with_a_deviation_of_one_and_bounded():
    table = noise()

    assert len(table) == SIZE
    assert abs(mean(table)) < 0.1
    assert 0.8 < stdev(table) < 1.1
    assert max(map(abs, table)) == WIDEST


def test_draws_are_spread_evenly_and_end_inside_the_table():
    draws = [draw(7, number) for number in range(4000)]

    assert 0.48 < mean(each.first for each in draws) < 0.52
    assert 0.48 < mean(each.second for each in draws) < 0.52
    assert sum(each.first < 0.1 for each in draws) in range(330, 470)
    assert max(each.offset for each in draws) < SIZE - LONGEST


def test_a_draw_is_its_own_for_each_seed_number_and_subject():
    assert draw(7, 1) == draw(7, 1)
    assert len({draw(7, 1), draw(8, 1), draw(7, 2), draw(7, 1, "year"), draw(71, 1)}) == 5
