# shellcheck shell=bash
# Sourced by inside.sh: hosts in network namespaces of their own, in networks of a router, which is
# the namespace that this runs in. Wants an empty /run of the run's own.

add_network() {  # name, its router's address
  ip link add "$1" type bridge
  ip address add "$2/24" dev "$1"
  ip link set "$1" up
  echo 1 >/proc/sys/net/ipv4/ip_forward
}

# /etc/netns/NAME is laid over /etc in each command on the host.
add_host() {  # name, network, address
  ip netns add "$1"
  ip link add "to-$1" type veth peer name eth0 netns "$1"
  ip link set "to-$1" master "$2" up
  ip -n "$1" link set lo up
  ip -n "$1" address add "$3/24" dev eth0
  ip -n "$1" link set eth0 up
  ip -n "$1" route add default via "${3%.*}.1"
}

on() {  # host, command
  local host=$1
  shift
  ip netns exec "$host" "$@"
}
