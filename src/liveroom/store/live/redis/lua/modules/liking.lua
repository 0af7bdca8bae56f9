-- Whose turn it is to write a room's likes, and how many of a user's count (`domain.rooms.likes` has the same).

-- Forget the turns of a server that was ahead.
function Liking.correct(liking)
  if liking[LIKING.last] > NOW then
    liking[LIKING.last], liking[LIKING.free] = 0, 0
  end
end

-- The turn of a writer who has this one (0: none); one that is not later than now has come. Nothing when it would be
-- too far away.
function Liking.ask(liking, turn)
  if turn + LIKES.step <= NOW or turn > NOW + LIKES.longest + LIKES.step then
    turn = math.max(liking[LIKING.free], NOW)
  end
  turn = math.max(turn, liking[LIKING.last] + LIKES.least)
  if turn > NOW then
    if turn - NOW > LIKES.longest then
      return nil
    end
    liking[LIKING.free] = math.max(liking[LIKING.free], turn + LIKES.step)
  end
  return turn
end

-- The next turn of a writer who writes now, and in how many ms it is. One that lets its turn pass has none.
function Liking.next_turn(liking)
  local turn = math.max(liking[LIKING.free], NOW + LIKES.step)
  if turn - NOW > LIKES.longest then
    return 0, LIKES.step
  end
  liking[LIKING.free] = turn + LIKES.step
  return turn, turn - NOW
end

-- Count likes of a user, unless they are too many. Returns whether they count.
function Liking.count(liker, likes)
  if NOW - liker[LIKER.began] >= LIKES.window or liker[LIKER.began] > NOW then
    liker[LIKER.began], liker[LIKER.likes] = NOW, 0
  end
  if liker[LIKER.likes] + likes > LIKES.most then
    return false
  end
  liker[LIKER.likes] = liker[LIKER.likes] + likes
  return true
end
