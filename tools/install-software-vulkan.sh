#!/usr/bin/env bash
# Debian: a Vulkan driver in software, for machines without a graphics card, so that what runs on WebGPU can be tested there. Dawn needs Mesa 25 or
# newer: where the release has an older one, its backports are added from the mirror that the machine uses already.
set -euo pipefail

mesa() { dpkg-query --show --showformat='${Version}' mesa-vulkan-drivers 2>/dev/null || echo 0; }
if dpkg --compare-versions "$(mesa)" ge 25 && dpkg-query --show libvulkan1 >/dev/null 2>&1; then exit 0; fi

apt-get update -qq
release=$(. /etc/os-release && echo "$VERSION_CODENAME")
candidate=$(apt-cache policy mesa-vulkan-drivers | sed -n 's/ *Candidate: //p')
from=()
if dpkg --compare-versions "$candidate" lt 25; then
  mirror=$(apt-get indextargets --format '$(REPO_URI) $(CODENAME)' 'Created-By: Packages' | awk -v release="$release" '$2 == release { print $1; exit }')
  echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $mirror $release-backports main" >/etc/apt/sources.list.d/serendip-backports.list
  apt-get update -qq
  from=(--target-release "$release-backports")
fi
apt-get install -y -qq --no-install-recommends libvulkan1
apt-get install -y -qq --no-install-recommends "${from[@]}" mesa-vulkan-drivers
