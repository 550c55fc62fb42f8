from tf_portrait.data.picks import spread


def test_both_ends_and_evenly():
    assert spread(11, 3).tolist() == [0, 5, 10]
    assert spread(2, 5).tolist() == [0, 1]
    assert spread(1, 4).tolist() == [0]
